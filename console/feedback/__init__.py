"""Ratings, complaints and proposals."""
