"""Rules that a spec has to follow though its shape is right."""
