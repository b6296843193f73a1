"""Tests of the simulated case system."""
