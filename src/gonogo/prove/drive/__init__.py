"""The driver: starts the user's own app, contained, sends journeys over its own edge, and ends it, always."""
