"""The plan of a grid: axes, cells, and how they are laid out."""
