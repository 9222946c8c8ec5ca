"""The service that finds a mark again after a site stripped it, and dates every statement in a public log.

`service.Registry` is all that it does; `settings.Settings` all that can be set. What stands above (an HTTP API, pages,
answers) calls these two.
"""
