"""Variants: four recipes around one."""
