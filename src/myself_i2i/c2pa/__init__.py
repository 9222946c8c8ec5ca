"""C2PA: sign a manifest into a picture, read one, and tell who signed it.

`labels` has the wire strings, `trust` the lists of known issuers, `certificate` the maker's own certificate,
`reading` what a reader found, `signer` the key behind it, and `native` alone talks to c2pa-python. Import from the
module that has the noun; the package itself stays light.
"""
