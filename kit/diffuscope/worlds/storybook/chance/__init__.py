"""Random scenes: shares, levels, and what is kept back from training."""
