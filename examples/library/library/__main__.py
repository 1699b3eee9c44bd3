"""Starts the service."""

from library.edge import serve

serve()
