"""The company's documents, and the passages in them that answer a question."""
