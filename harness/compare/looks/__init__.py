"""Looks at a run that is going on: the bounds of each, and whether one settles the gate."""
