"""What the service is told by its environment."""

import os
from urllib.parse import urlsplit

BASE = urlsplit(os.environ["OPENAI_BASE_URL"])
KEY = os.environ["OPENAI_API_KEY"]
USERS = {
    os.environ["ALICE"]: ("alice", "acme"),
    os.environ["BOB"]: ("bob", "globex"),
    os.environ["ADMIN"]: ("admin", "acme"),
}
CACHE = ("127.0.0.1", 8001)
SMALL = os.environ.get("SMALL_MODEL", "gpt-4o-mini-2024-07-18")
LARGE = os.environ.get("LARGE_MODEL", "gpt-4o-2024-11-20")
TEMPERATURE = float(os.environ.get("TEMPERATURE", "0"))
INSTRUCTIONS = os.environ.get("INSTRUCTIONS", "You answer for the help desk of an energy company.")
