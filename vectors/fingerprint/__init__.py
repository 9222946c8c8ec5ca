"""Pictures and the fingerprints that every implementation must make of them."""
