"""The C kernels that return what functions of `arith` return: their parameters from the same records, one kind a file.

Each function returns a Call, or None where the kernel does not cover a case; NumPy does it then. Nothing here needs the
library to be built.
"""
