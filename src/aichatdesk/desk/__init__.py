"""The people at the desk: accounts, categories, settings."""
