"""Run the service: python3 -m pricing."""

from pricing.edge import serve

serve()
