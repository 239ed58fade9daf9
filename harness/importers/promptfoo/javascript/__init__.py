"""JavaScript of assertions is parsed, never run: comparisons become assertions, code does not."""
