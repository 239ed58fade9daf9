"""Checks that ask a model, and the judges that they ask."""
