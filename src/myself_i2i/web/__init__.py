"""The pages of a registry for people: rendered here, in Japanese and English, readable without a script.

`pages(registry)` are routes for `registry.api.create_app(registry, extra_routes=…)`.
"""

from myself_i2i.web.routes import pages

__all__ = ["pages"]
