"""Tests of the simulators: what they promise to those who test with them."""
