"""A run for pipelines: Markdown, annotations and tables, in which no text of others is obeyed."""
