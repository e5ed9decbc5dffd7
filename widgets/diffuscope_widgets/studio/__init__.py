"""Studio: form, film and the tabs that look closer."""
