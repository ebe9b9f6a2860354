"""Chats, messages and their delivery: nothing lost, nothing twice, one order."""
