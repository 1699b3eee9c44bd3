"""Which users get a new model before the others do."""

import os

NEW = os.environ.get("SEGMENT_MODEL")
USERS = set(os.environ.get("SEGMENT_USERS", "").split(","))


def models(user, usual):
    """Return the models to ask for a user, the first one first."""
    return (NEW, *usual) if NEW and user in USERS else usual
