"""Load: requests come when users would send them, whether or not the app keeps up. Latency counts from that moment."""
