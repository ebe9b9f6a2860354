"""Chat and embedding models behind one protocol, wherever they run."""
