"""(Spec, Observed) to Plan."""
