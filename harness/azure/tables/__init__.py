"""Recorded facts as text, one module a recording; ``harness.azure.catalogue`` reads them."""
