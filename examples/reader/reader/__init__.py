"""Answers questions about files that users upload."""
