"""Care of recordings: audit, prune, merge, export."""
