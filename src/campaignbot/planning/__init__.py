"""Proposes channels and a calendar; the same input always gives the same plan."""
