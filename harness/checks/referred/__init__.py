"""Checks that somebody outside decides: the author's code, a judge, an embeddings model."""
