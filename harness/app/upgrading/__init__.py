"""Upgrade a deployment whose model retires: its successors, one beside it, the spec edited."""
