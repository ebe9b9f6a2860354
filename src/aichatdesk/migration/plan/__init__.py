"""Which model a DGX Spark can serve well enough, and how to start it."""
