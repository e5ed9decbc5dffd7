"""How scenes become pictures."""
