"""Facts about Azure, as data with sources."""
