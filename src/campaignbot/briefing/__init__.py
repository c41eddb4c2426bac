"""Reads what the marketer wrote and what the vacancy says; asks for what is missing."""
