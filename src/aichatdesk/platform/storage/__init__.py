"""Transactions over one database; no caller ever holds one open across an await."""
