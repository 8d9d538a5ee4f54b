"""One small file per command over the public API."""
