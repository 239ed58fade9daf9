"""Accounts: their life, their bodies, their keys, and those that were deleted."""
