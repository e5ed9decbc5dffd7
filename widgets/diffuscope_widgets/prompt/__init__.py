"""PromptBox: a prompt as the model reads it."""
