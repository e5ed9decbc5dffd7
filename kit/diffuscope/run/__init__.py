"""The loop, and what runs it."""
