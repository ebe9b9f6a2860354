"""Turning files into plain text with headings."""
