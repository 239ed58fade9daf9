"""A call as a Python program."""
