"""Run the service: python3 -m reader."""

from reader.edge import serve

serve()
