"""Configurations of promptfoo, and the export of OpenAI Evals that has their form.

``config`` goes through a file from top to bottom: providers, prompts and tests become plain values
(``providers``, ``prompts``, ``tests``), assertions are translated one by one (``assertions``,
``javascript``), and ``building`` writes the spec. ``workbench`` keeps what does not map.

Source: promptfoo's documentation and the files in shared data; facts on promptfoo.
"""
