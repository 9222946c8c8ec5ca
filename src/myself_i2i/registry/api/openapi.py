"""The OpenAPI 3.1 document of the service, made from its operations: what is served is what is written."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from myself_i2i import __version__
from myself_i2i.registry.api.errors import CODES
from myself_i2i.registry.api.operations import Answer, Operation, Parameter
from myself_i2i.registry.api.schemas import SCHEMAS
from myself_i2i.wording import Language, Text

__all__ = ["document"]

ANY: Final = (413, 429, 500, 503)
"""Statuses that every operation may answer."""
TITLE: Final = Text(en="Myself_i2i registry", ja="Myself_i2i 登録所")
ABOUT: Final = Text(
    en="Finds a mark again from the pixels after a site stripped it, dates every statement in a public log, and answers "
    "what is recorded. What is not recorded here says nothing about anybody. Look-ups are those of the C2PA Soft Binding "
    "Resolution API 2.4; the rest is in spec/registry-api.md.",
    ja="サイトで消えた目印を画素からもう一度見つけ、すべての文書に公開ログで日付をつけ、何が記録されているかに答えます。"
    "ここに記録がないことは、だれについても何も示しません。検索は C2PA Soft Binding Resolution API 2.4 のものです。",
)


def document(operations: Sequence[Operation], language: Language) -> bytes:
    """Return the document as JSON, its sentences in `language`."""
    paths: dict[str, dict[str, Any]] = {}
    for one in operations:
        paths.setdefault(one.path, {})[one.method.lower()] = _operation(one, language)
    whole = {
        "openapi": "3.1.1",
        "info": {
            "title": TITLE.in_(language),
            "version": __version__,
            "description": ABOUT.in_(language),
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "security": [{}],
        "paths": paths,
        "components": {
            "schemas": SCHEMAS,
            "responses": {str(status): _error(status, words, language) for status, words in CODES.items()},
        },
    }
    return json.dumps(whole, ensure_ascii=False).encode()


def _operation(one: Operation, language: Language) -> dict[str, Any]:
    answers = {str(status): _answer(answer, language) for status, answer in one.answers.items()}
    errors = sorted({*one.errors, *ANY, *((400, 408) if one.body else ())})
    answers |= {str(status): {"$ref": f"#/components/responses/{status}"} for status in errors}
    told: dict[str, Any] = {"operationId": one.name, "summary": one.words.in_(language), "responses": answers}
    if one.parameters:
        told["parameters"] = [_parameter(each, one.in_path, language) for each in one.parameters]
    if one.body is not None:
        told["requestBody"] = {"required": True, "content": _content(one.body.content)}
    return told


def _parameter(one: Parameter, in_path: Sequence[Parameter], language: Language) -> dict[str, Any]:
    return {
        "name": one.name,
        "in": "path" if one in in_path else "query",
        "required": one.required,
        "description": one.words.in_(language),
        "schema": one.schema,
    }


def _answer(one: Answer, language: Language) -> dict[str, Any]:
    return {"description": one.words.in_(language), "content": _content(one.content)}


def _error(status: int, words: Text, language: Language) -> dict[str, Any]:
    told: dict[str, Any] = {
        "description": words.in_(language),
        "content": _content({"application/json": {"$ref": "#/components/schemas/Error"}}),
    }
    if status in {429, 503}:
        told["headers"] = {"retry-after": {"required": True, "schema": {"type": "integer", "minimum": 1}}}
    return told


def _content(content: Mapping[str, Any]) -> dict[str, Any]:
    return {media_type: {"schema": schema} for media_type, schema in content.items()}
