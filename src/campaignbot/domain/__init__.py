"""The trade's words and rules; standard library only."""
