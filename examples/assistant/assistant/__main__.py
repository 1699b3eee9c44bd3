"""Starts the service."""

from assistant.edge import serve

serve()
