"""A look at everything that a run stands on."""
