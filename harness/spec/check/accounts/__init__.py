"""Checks of accounts: what Azure would drop or refuse of them."""
