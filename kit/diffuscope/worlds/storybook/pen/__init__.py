"""The pen that draws: colours, outlines, styles."""
