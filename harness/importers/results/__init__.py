"""Results of other tools become runs that later ones are compared with.

``promptfoo_results`` and ``openai_evals`` read them, ``pairing`` finds the trial of a spec that
each of them is, ``as_run`` makes harness' own results of them.
"""
