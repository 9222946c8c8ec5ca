"""What stands in the log. The codec is `client.entry`: whoever checks a receipt needs it, without the service."""

from myself_i2i.client.entry import Entry

__all__ = ["Entry"]
