"""Sorts the messages of customers by topic and urgency."""
