"""Brings the numbers back and adds them up honestly: what is not known is never zero."""
