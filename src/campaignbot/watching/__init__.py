"""Watches over publishing: tells people what needs them, and machines whether all is well."""
