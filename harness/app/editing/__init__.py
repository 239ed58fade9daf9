"""Edit the files of a spec as somebody would by hand: what is not meant stays as it was."""
