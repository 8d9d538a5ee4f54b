"""File formats: bytes to Model and back."""
