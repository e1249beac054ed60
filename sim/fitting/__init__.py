"""Distributions of service and travel times from records of them."""
