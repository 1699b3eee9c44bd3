"""Answers questions from a collection of documents, with a model."""
