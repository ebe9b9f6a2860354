"""A server that answers in the time that a model takes on a DGX Spark."""
