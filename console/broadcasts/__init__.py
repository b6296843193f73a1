"""Notices to many: composing, approving, sending, reporting."""
