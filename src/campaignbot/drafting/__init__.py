"""Makes posts of a plan: angle, words, picture, alt text and tracked link."""
