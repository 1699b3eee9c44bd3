"""Starts the service."""

from agent.edge import serve

serve()
