"""The terminal screens: they show and ask, and leave every decision to the stages below."""
