"""gonogo.yaml: read and validated, the law that it makes, and the first draft of it."""

from gonogo.system.draft import draft
from gonogo.system.law import catalog_in_force, law_of, law_of_tree
from gonogo.system.load import find, load, load_at, load_file, systems

__all__ = ["catalog_in_force", "draft", "find", "law_of", "law_of_tree", "load", "load_at", "load_file", "systems"]
