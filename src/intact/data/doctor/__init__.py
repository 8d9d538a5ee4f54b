"""The data doctor: what is wrong with samples before anything is calibrated on them. One check, one file."""
