"""Figures: what the assistant did and what came of it, by period, office and channel."""
