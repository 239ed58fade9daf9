"""Deployments, and where one of them may be placed."""
