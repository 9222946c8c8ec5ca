"""What each page shows: one call to the registry or two, and a template. Starlette runs these on threads."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import wraps
from typing import Any, Final
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from myself_i2i.comparison.interface import Question
from myself_i2i.comparison.measured import table
from myself_i2i.errors import Error, InputError, UsageError
from myself_i2i.fingerprint import PDQ64
from myself_i2i.marking.short_code import read_code
from myself_i2i.predicates import Permission, Pledge
from myself_i2i.predicates.texts import known_pledge_text, pledge_text
from myself_i2i.registry.api.matching import RADIUS
from myself_i2i.registry.facts import Logged
from myself_i2i.registry.service import Registry
from myself_i2i.registry.standing import KINDS
from myself_i2i.story.words import HOWS
from myself_i2i.verification.evidence import STEPS, Step
from myself_i2i.web.head import read_head
from myself_i2i.web.language import asked_language
from myself_i2i.web.rendering import Renderer
from myself_i2i.wording import Text

__all__ = ["PER_PAGE", "Pages"]

PER_PAGE: Final = 20
"""Marks or entries on one page."""
CHANCE: Final = table(Question.SAME).chance(RADIUS[PDQ64])
"""How often unrelated pictures are as near as what the look-up calls near."""
_INDEX: Final = re.compile(r"[0-9]{1,16}")

Handler = Callable[["Pages", Request], Response]


def _spoken(handler: Handler) -> Handler:
    """Make a page of what a handler cannot do: the sender's mistake is told, of ours nothing but that it is ours."""

    @wraps(handler)
    def answering(self: Pages, request: Request) -> Response:
        try:
            return handler(self, request)
        except (InputError, UsageError) as error:
            title = self.say(request, "error.title")
            return self.message(request, 400, title, error.message, hint=error.hint)
        except Error:
            title = self.say(request, "error.title")
            return self.message(request, 503, title, self.say(request, "error.later"))

    return answering


class Pages:
    """The pages of one registry."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._renderer = Renderer(registry.settings)

    def say(self, request: Request, key: str, **values: object) -> str:
        """Return a sentence of the catalogue in the language of the one who asks."""
        return self._renderer.words(request).say(key, **values)

    def message(self, request: Request, status: int, title: str, says: str | Text, **values: Any) -> Response:
        """Return a page that says one thing."""
        values = {"hint": None, "code_form": False, **values, "title": title, "says": says}
        return self._renderer.page(request, "message.html.j2", status=status, **values)

    def home(self, request: Request) -> Response:
        """`/`: what this is."""
        return self._renderer.page(request, "home.html.j2", steps=STEPS.values())

    def check(self, request: Request) -> Response:
        """`/check`: a picture is read in the browser."""
        return self._renderer.page(request, "check.html.j2", radius=RADIUS[PDQ64], chance=CHANCE)

    @_spoken
    def pledge(self, request: Request) -> Response:
        """`/pledge/{version}/{language}`: the text that is signed."""
        language = asked_language(request.path_params["language"])
        if language is None:
            return self._not_recorded(request, request.path_params["language"])
        text = pledge_text(request.path_params["version"], language)
        return self._renderer.page(request, "pledge.html.j2", text=text)

    def code(self, request: Request) -> Response:
        """`/code?code=…`: to the mark with a code that somebody typed."""
        typed = request.query_params.get("code", "")
        try:
            name = read_code(typed)
        except InputError as error:
            title = self.say(request, "code.bad")
            return self.message(request, 400, title, error.message, hint=error.hint, code_form=True)
        asked = asked_language(request.query_params.get("lang"))
        query = f"?lang={asked}" if asked else ""
        root = request.scope.get("root_path", "")
        return RedirectResponse(f"{root}/s/{quote(name)}{query}", 303)

    @_spoken
    def mark(self, request: Request) -> Response:
        """`/s/{name}`: a mark by short code, manifest id or statement digest."""
        name = request.path_params["name"]
        mark = self._registry.mark(name)
        if mark is None:
            return self._not_recorded(request, name)
        sources = [(source, self._permission(source.permission)) for source in mark.says.sources]
        step = STEPS[Step.DECLARED]
        return self._renderer.page(request, "mark.html.j2", mark=mark, sources=sources, step=step, roles=HOWS)

    @_spoken
    def maker(self, request: Request) -> Response:
        """`/makers/{keyid}`: a key, its pledge and its marks."""
        keyid = request.path_params["keyid"]
        maker = self._registry.maker(keyid)
        if maker is None:
            return self._not_recorded(request, keyid)
        marks = self._registry.marks(keyid, before=_before(request), limit=PER_PAGE)
        said = maker.pledge.predicate if maker.pledge else None
        pledge = said if isinstance(said, Pledge) else None
        return self._renderer.page(
            request,
            "maker.html.j2",
            maker=maker,
            marks=marks,
            earlier=_earlier([mark.index for mark in marks]),
            pledge=pledge,
            text=pledge and known_pledge_text(pledge.text_sha256),
        )

    @_spoken
    def log(self, request: Request) -> Response:
        """`/log`: the head of the log and its latest entries."""
        found = self._registry.statements(about=None, keyid=None, before=_before(request), limit=PER_PAGE)
        return self._renderer.page(
            request,
            "log.html.j2",
            head=read_head(self._registry.checkpoint()),
            entries=[(entry, KINDS.get(type(entry.predicate))) for entry in found],
            earlier=_earlier([entry.index for entry in found]),
        )

    def _permission(self, digest: str | None) -> Logged | None:
        """Return the permission with this digest, when it was published here."""
        logged = self._registry.statement(digest) if digest else None
        return logged if logged is not None and isinstance(logged.predicate, Permission) else None

    def _not_recorded(self, request: Request, name: str) -> Response:
        title, hint = self.say(request, "code.none.title"), self.say(request, "code.none.hint")
        says = self.say(request, "code.none", name=name[:80])
        return self.message(request, 404, title, says, hint=hint, code_form=True)


def _before(request: Request) -> int | None:
    """Return the index that a page goes on below; None for the first page, and for what is no index."""
    text = request.query_params.get("before", "")
    return int(text) if _INDEX.fullmatch(text) else None


def _earlier(indices: list[int]) -> str | None:
    """Return where the next page begins; None when this one was not full."""
    return str(indices[-1]) if len(indices) == PER_PAGE else None
