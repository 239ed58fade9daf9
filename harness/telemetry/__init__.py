"""Runs as OpenTelemetry: spans of conversations and turns, and the results of their checks.

``span_tree`` and ``spoken`` make values of results and know no SDK; ``sender`` alone sends them.
"""
