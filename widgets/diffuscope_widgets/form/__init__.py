"""PromptForm: a recipe as a form."""
