"""What a DGX Spark can do: its memory, its speed, and how it serves several visitors at once."""
