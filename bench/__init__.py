"""Benchmarks: `make bench NAME=ledger`."""
