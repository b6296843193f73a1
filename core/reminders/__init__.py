"""Reminders: what to say first, when, to whom, and that it was said once."""
