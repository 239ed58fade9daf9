"""The language of ARM: calls, errors, operations, stamps, and resources found by id."""
