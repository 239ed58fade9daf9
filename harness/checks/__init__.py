"""(Assertion, Exchange) to Verdict."""
