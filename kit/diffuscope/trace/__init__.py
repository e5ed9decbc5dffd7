"""Recorded runs, and arithmetic on them."""
