"""Numbers from runs: rates, intervals, gate."""
