"""The same call as a program: Python, curl, and the form of openai 0.x beside today's."""
