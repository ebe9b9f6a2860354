"""HTTP in and out: errors, limits, who is asking, and the one client factory."""
