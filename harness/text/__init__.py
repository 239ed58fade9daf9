"""Text for people: numbers as they read, and words of others made safe to show."""
