"""Run the service: python3 -m desk."""

from desk.edge import serve

serve()
