"""Regions of accounts that may be in several: chosen by preflight, then kept."""
