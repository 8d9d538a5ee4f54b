"""A float model and its ranges in, an integer model out."""
