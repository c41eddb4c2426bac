"""Facebook pages and Instagram professional accounts, through Meta's facebook-business SDK."""
