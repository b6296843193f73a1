"""Tests of the simulated Zalo."""
