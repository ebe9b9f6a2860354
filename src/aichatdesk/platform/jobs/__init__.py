"""Durable background work in the same database as the data."""
