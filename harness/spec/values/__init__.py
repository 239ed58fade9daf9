"""The values that stand beside the name of an assertion: a row a kind, and what may be one."""
