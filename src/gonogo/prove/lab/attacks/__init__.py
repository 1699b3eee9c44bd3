"""Attacks as data: sets, the forms that payloads take, and whether one arrived."""
