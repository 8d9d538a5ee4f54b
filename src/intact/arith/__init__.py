"""Numbers: NumPy on arrays, no graphs."""
