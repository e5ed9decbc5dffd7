"""Arrays, sheets, and pictures from outside."""
