"""Settings."""

import os

WEBHOOK_SECRET_KEY = os.environ["WEBHOOK_SECRET_KEY"]
