"""The registry over HTTP: a Starlette app made of lists. What it answers is spec/registry-api.md and /openapi.json."""

from myself_i2i.registry.api.app import create_app
from myself_i2i.registry.api.operations import Answer, Body, Handler, Operation, Parameter
from myself_i2i.registry.api.parts import Parts, parts_of

__all__ = ["Answer", "Body", "Handler", "Operation", "Parameter", "Parts", "create_app", "parts_of"]
