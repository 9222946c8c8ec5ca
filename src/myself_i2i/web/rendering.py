"""From a template and its values to a page: words in the reader's language, links that keep it, strict headers."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse

from myself_i2i.predicates.texts import LATEST_PLEDGE
from myself_i2i.registry.settings import Settings
from myself_i2i.verification.evidence import LIMIT
from myself_i2i.web.catalogue import Catalogue, read_catalogues
from myself_i2i.web.language import asked_language, choose_language
from myself_i2i.wording import Language, Text

__all__ = ["POLICY", "Renderer"]

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""What a page may load and reach: this registry, and pictures that the reader's own browser holds."""
HEADERS: Final = {
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-cache",
    "Vary": "Accept, Accept-Language",
}


class Renderer:
    """Renders the package's templates; one serves all requests, in any thread."""

    def __init__(self, settings: Settings) -> None:
        self._catalogues = read_catalogues()
        self._templates = Environment(
            loader=PackageLoader("myself_i2i.web"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters["moment"] = moment
        self._templates.globals["registry"] = settings
        self._templates.globals["limit"] = LIMIT
        self._templates.globals["pledge_version"] = LATEST_PLEDGE

    def words(self, request: Request) -> Catalogue:
        """Return the words in the language of the one who asks."""
        return self._catalogues[_language(request)]

    def page(self, request: Request, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
        """Return the page that `template` makes of `values`; a value is escaped wherever it stands."""
        words = self.words(request)
        context = {**_links(request, words.language), **values}
        body = self._templates.get_template(template).render(
            _=words.say,
            raw=words.raw,
            say=lambda text: _in(text, words.language),
            language=words.language,
            **context,
        )
        return HTMLResponse(body, status, HEADERS | {"Content-Language": words.language})


def moment(at: datetime) -> Markup:
    """Return a moment as pages show it: UTC, to the minute, exact for machines."""
    utc = at.astimezone(UTC)
    return Markup('<time datetime="{}">{}</time>').format(
        f"{utc:%Y-%m-%dT%H:%M:%SZ}", f"{utc:%Y-%m-%d %H:%M} UTC"
    )


def _language(request: Request) -> Language:
    return choose_language(request.query_params.get("lang"), request.headers.get("accept-language", ""))


def _in(text: Text | str, language: Language) -> str:
    """Return a sentence of the library in `language`; what is no sentence stands for itself."""
    return text.in_(language) if isinstance(text, Text) else text


def _links(request: Request, language: Language) -> dict[str, Any]:
    """Return what templates make links with: `at` an address here, `href` one that keeps the language asked for."""
    root: str = request.scope.get("root_path", "")
    query = request.query_params
    asked = asked_language(query.get("lang"))
    other: Language = "en" if language == "ja" else "ja"

    def href(place: str, **values: str) -> str:
        values |= {"lang": asked} if asked else {}
        return root + place + (f"?{urlencode(values)}" if values else "")

    here = request.url.path.removeprefix(root)
    kept = {name: value for name, value in query.items() if name != "lang"}
    switch = f"{request.url.path}?{urlencode({**kept, 'lang': other})}"
    return {
        "at": lambda place: root + place,
        "href": href,
        "here": here,
        "lang": asked,
        "other": other,
        "switch": switch,
    }
