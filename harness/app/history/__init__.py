"""The runs of a project over time: their list, their trends, and what becomes of them."""
