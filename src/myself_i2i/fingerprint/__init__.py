"""Fingerprints: how a picture looks, in bytes that travel while the picture stays home."""
