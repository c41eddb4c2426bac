"""A person decides about each publication; approval is bound to exactly what they saw."""
