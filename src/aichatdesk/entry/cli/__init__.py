"""The `aichatdesk` command."""
