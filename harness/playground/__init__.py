"""A chat in the terminal: what was said so far, what is asked next, and commands about both."""
