"""Sends what was approved, on time and once as far as a platform allows; loses nothing."""
