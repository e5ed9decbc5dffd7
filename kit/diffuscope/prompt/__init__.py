"""The prompt language, and a prompt as a model reads it."""
