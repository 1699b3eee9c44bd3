"""Answers questions from a staff handbook."""
