"""Live fan-out inside one process."""
