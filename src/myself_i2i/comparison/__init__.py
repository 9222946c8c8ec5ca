"""How near two pictures are, with measured error rates and without a verdict."""
