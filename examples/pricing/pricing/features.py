"""Makes of a raw record the features that the model takes, in training and in serving alike."""

USUAL_YEAR = 1968
"""The median of the training data, where nobody knows when a house was built."""


def of(record):
    """Return the features of a record."""
    built = record.get("built")
    if built is None:
        built = USUAL_YEAR
    return {
        "area_m2": float(record["area_m2"]),
        "rooms": record["rooms"],
        "district": record["district"],
        "built": built,
    }
