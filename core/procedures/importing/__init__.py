"""Bringing procedures in from elsewhere: two shapes, one result (see ``python -m core.procedures``)."""
