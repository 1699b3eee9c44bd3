"""Collectors: ways to see. They yield facts and judge nothing."""
