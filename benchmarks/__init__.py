"""Measurements behind the figures in README. Absolute times belong to one machine; ratios travel."""
