"""A run that stops when its gate is settled: its order, and the looks at it."""
