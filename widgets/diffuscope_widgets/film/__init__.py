"""Film: every step of a run."""
