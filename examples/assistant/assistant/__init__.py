"""Answers questions about an account, with a model."""
