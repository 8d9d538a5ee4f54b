"""What is wrong with a model, and how far one is from another."""
