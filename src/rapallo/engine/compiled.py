"""How the kernel's inner functions are compiled: for each other only, without a way in from Python.

They allocate nothing, so nothing is counted by reference, and they take addresses, not arrays: an
array is handed on as seven words, and indexed with a question whether the index is negative.
"""

from numba import njit

compiled = njit(no_cpython_wrapper=True, no_cfunc_wrapper=True, error_model="numpy", _nrt=False)
