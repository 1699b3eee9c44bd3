"""What the service is told by its environment; it does not start without it."""

import os
import sys

REQUIRED = ("OPENAI_BASE_URL", "OPENAI_API_KEY", "ALICE", "BOB", "ADMIN")

missing = [name for name in REQUIRED if not os.environ.get(name)]
if missing:
    sys.exit(f"assistant: {', '.join(missing)} is not set")

BASE_URL = os.environ["OPENAI_BASE_URL"]
KEY = os.environ["OPENAI_API_KEY"]
USERS = {os.environ[name]: name.lower() for name in ("ALICE", "BOB", "ADMIN")}
PORT = 8000
