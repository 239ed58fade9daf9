"""Commands in which one talks to a model, and those about what was said."""
