"""Assertions of a configuration, in the words of a spec, and the models that grade them."""
