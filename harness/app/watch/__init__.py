"""The rounds of a watched spec: what each replay came to, and what is otherwise than before."""
