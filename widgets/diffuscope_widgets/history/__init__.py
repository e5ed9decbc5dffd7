"""History: the runs so far."""
