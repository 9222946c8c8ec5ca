"""A person's own index of a folder: many pictures fingerprinted, resumable, searched."""
