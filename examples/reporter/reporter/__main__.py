"""Run the service: python3 -m reporter."""

from reporter.edge import serve

serve()
