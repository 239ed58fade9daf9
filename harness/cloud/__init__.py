"""The Cloud port over the management SDK."""
