"""What every widget has in common."""
