"""What an adapter must offer, and what it may rely on."""
