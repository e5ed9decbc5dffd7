"""Recipes: what a person writes, what a run needs, and the tables of schedulers and settings."""
