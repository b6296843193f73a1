"""Notices that staff write to many: audience, draft, approval, sending, report."""
