"""A simulator of public passport services: what service points, vans and shifts do to waiting, travel and access."""

__version__ = "0.1.0"
