"""Money as commands tell of it: before a run, and in a plan."""
