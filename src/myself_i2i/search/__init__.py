"""Look-up of fingerprints: what an index promises, and what stores one."""
