"""Use cases: values in, events and values out.

``cli``, ``api`` and ``pytest_plugin`` read arguments, ask and render; what is done in between is
here, once. A use case takes a ``World``, which ``wiring`` constructs, and names no adapter.
"""
