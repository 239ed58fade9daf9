"""Use cases about money: prices, and what an evaluation is about to cost."""
