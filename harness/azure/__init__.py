"""What is known about Azure, as data with sources."""
