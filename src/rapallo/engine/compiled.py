"""How the kernel's inner functions are compiled: for each other only, without a way in from Python."""

from numba import njit

compiled = njit(no_cpython_wrapper=True, no_cfunc_wrapper=True, error_model="numpy", _nrt=False)
