"""Files and batches of the simulated data plane."""
