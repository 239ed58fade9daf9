"""``harness eval --watch`` on a terminal: the loop, its keys, and what each round prints."""
