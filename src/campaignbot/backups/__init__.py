"""Keeping a working folder safe: backups, putting one back, and looking whether all is whole."""
