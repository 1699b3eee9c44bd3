"""A help desk that spends little."""
