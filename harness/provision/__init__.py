"""Carry out a plan: steps, patience, events and outcomes."""
