"""Files to a document, and a document to the spec's values."""
