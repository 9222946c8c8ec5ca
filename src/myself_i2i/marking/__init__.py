"""From declared facts to a marked picture, and the words to post beside it.

`manifest` says what a mark says (spec/mark.md), `content_credentials` writes it, `postkit`, `short_code` and `badge`
are for places where metadata does not survive. Whether a source may be used is decided elsewhere.
"""
