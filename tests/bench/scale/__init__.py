"""The scale of an evaluation, on paper and by simulation: what docs/scale.md prints."""
