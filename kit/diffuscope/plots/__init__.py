"""Static views with matplotlib: one a file, each `draw(trace, ax=None) -> Axes`. They read traces and call no model."""
