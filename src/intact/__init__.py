"""intact: float networks to integer networks you can trust."""
