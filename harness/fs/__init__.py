"""Files as every package needs them: written whole, locked, and named safely."""
