"""Documents: values with their places, merged, walked through; and their problems."""
