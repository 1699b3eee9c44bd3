"""The ledger: append-only, chained and signed evidence; its segments, its keys and its queries."""
