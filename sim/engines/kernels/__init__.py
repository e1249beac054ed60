"""The flow of the compiled engine, in the part of Python that numba compiles; without it the same code runs as it is.

Nothing here decides anything: the decisions are the functions of :mod:`sim.rules`, as in the SimPy model.
"""
