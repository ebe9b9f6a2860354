"""A self-hosted AI support desk whose AI never leaves the building."""
