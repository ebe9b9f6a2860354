"""Published measurements of DGX Sparks, as data."""
