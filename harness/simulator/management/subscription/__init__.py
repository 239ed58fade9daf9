"""A subscription and what it offers: groups, rights, models, quota."""
