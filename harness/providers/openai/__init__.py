"""Models behind OpenAI's two APIs."""
