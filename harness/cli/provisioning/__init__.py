"""Commands that look at deployments, or change them."""
