"""Two runs, or two targets of one, held against each other conversation by conversation."""
