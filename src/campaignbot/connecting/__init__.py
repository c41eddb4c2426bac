"""Access to the accounts: connected, checked, paused, given up."""
