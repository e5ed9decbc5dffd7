"""GridView: a grid of runs."""
