"""Talking to a registry, and believing it no further than its log can be checked.

`http.Remote` asks, `publishing` makes what is published and checks what comes back. Nothing is sent but what the
caller hands over; nothing is fetched but from the one address that the person named.
"""
