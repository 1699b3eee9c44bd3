"""Answers questions, and tells how well it does."""
