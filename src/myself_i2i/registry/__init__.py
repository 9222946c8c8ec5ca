"""The service that finds a mark again after a site stripped it, and dates every statement in a public log."""
