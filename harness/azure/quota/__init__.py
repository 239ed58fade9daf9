"""Quota and rate limits: what a subscription may deploy, and what a deployment may answer."""
