"""Prices of flats, by a model that another server holds."""
