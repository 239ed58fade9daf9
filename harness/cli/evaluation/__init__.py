"""Commands that play conversations, and those that look at runs and recordings."""
