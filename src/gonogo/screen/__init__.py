"""Pure detectors: text in, matches out."""
