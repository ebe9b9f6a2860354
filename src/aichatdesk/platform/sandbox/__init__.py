"""Untrusted work in a subprocess with little memory, time and no network."""
