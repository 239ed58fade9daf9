"""Plan to Outcome."""
