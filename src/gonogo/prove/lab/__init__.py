"""The lab: stand-ins for provider, tools and stores, faults and attacks, and the scenarios that play them to an app."""
