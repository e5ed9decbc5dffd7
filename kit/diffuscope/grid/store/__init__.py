"""A grid on disk."""
