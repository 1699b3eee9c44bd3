"""Run the service: python3 -m sorter."""

from sorter.edge import serve

serve()
