"""C kernels: the same integers as the NumPy functions of `arith`, faster. Optional, and knows nothing of ours.

The sources are in c/. They are a plain C library without anything of Python in it, called by ctypes: one build serves
every version of Python, and the sources serve outside of Python too.
"""
