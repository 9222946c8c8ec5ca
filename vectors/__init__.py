"""Files that any verifier can be tried on, and the script that made them."""
