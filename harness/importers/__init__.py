"""Files of other tools become specs or runs; what does not map is listed with its place."""
