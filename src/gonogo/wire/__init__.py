"""Codecs, a file per protocol: what a client says to a provider, a tool server or a store, and what it hears. Pure."""
