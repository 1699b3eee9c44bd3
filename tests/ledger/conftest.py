"""Puts the shared records of this directory on the import path (the import mode leaves directories off it)."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
