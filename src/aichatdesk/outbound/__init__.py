"""Mail, calendar and hooks: what leaves the desk for other systems."""
