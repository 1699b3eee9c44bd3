"""The controls as data: their records, the loader, thresholds with overrides, coverage and exports."""

from gonogo.catalog.control import Catalog, Control, Profile, Proof, Reference, Threshold
from gonogo.catalog.load import DATA, items, load

__all__ = ["DATA", "Catalog", "Control", "Profile", "Proof", "Reference", "Threshold", "items", "load"]
