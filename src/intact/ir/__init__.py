"""What a model is; no file format, no operator."""
