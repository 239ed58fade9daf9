"""A cluster's two ends: the engine at home, and what a worker opens to play a task."""
