"""Secrets in any text: found, hidden under stable placeholders, and put back where they are known.

Knows texts and what is inside them, not requests, cassettes or disks: what it is given it looks
into, and what it gives back is a text or a finding.
"""
