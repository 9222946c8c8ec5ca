"""The pages of the repository, held to what they say: sessions run, commands are named, links lead somewhere.

A page under docs/ may prepare its folder in comments that no reader sees: `<!-- $ COMMAND -->`.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
import re
import shutil
from collections import Counter
from itertools import chain
from pathlib import Path

import click
import pytest

from myself_i2i import predicates
from myself_i2i.attestation import Statement, canonical_json
from myself_i2i.cli._main import COMMANDS, application
from myself_i2i.predicates import read_predicate
from myself_i2i.wording import LANGUAGES
from tests.support.sessions import EXAMPLES, matches, parse, run
from tests.test_wording import NEVER, TEXTS

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
LOCALES = {"en": "en_GB.UTF-8", "ja": "ja_JP.UTF-8"}
README = {"en": ROOT / "README.md", "ja": ROOT / "README.ja.md"}
GUIDES: dict[str, list[Path]] = {language: sorted((DOCS / language).glob("*.md")) for language in LANGUAGES}
SESSIONS = [(language, page) for language in LANGUAGES for page in (README[language], *GUIDES[language])]
MADE = {"demo-out", "corpus-out", "dist", "build", "node_modules"}
"""Folders that commands write; what lies there is no page of the repository."""


def pages() -> list[Path]:
    """Every Markdown page of the repository, hidden folders and what commands made left out."""
    found = []
    for path in sorted(ROOT.rglob("*.md")):
        parts = path.relative_to(ROOT).parts
        if not any(part.startswith(".") or part in MADE for part in parts):
            found.append(path)
    return found


PAGES = pages()


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def sessions(text: str) -> str:
    """Everything in a page that is run, in order: ```console blocks and `<!-- $ COMMAND -->` comments."""
    found = re.finditer(r"^```console\n(.*?)^```$|^<!-- (\$ [^\n]*) -->$", text, re.DOTALL | re.MULTILINE)
    return "\n\n".join(match[1] or f"{match[2]}\n…" for match in found)


def prose(text: str) -> str:
    """A page without its fenced blocks and code spans: there brackets are no links."""
    return re.sub(r"`[^`\n]*`", "", re.sub(r"^```.*?^```$", "", text, flags=re.DOTALL | re.MULTILINE))


def anchors(text: str) -> set[str]:
    """The anchors that GitHub makes of a page's headings."""
    headings = re.findall(
        r"^#+ (.*)$", re.sub(r"^```.*?^```$", "", text, flags=re.DOTALL | re.MULTILINE), re.MULTILINE
    )
    return {re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-") for heading in headings}


def commands() -> list[str]:
    """Every command as typed, "keys export" for one in a group."""
    found = []
    context = click.Context(application)
    for each in application.list_commands(context):
        command = application.get_command(context, each)
        assert command is not None
        found.append(each)
        if isinstance(command, click.Group):
            found += [f"{each} {inner}" for inner in command.list_commands(context)]
    return found


TERMS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in read(DOCS / "glossary.md").splitlines()
    if line.startswith("| ") and not line.startswith("| term")
]
"""The rows of the glossary: term, Japanese, meaning, where it is defined."""


class TestSessions:
    def test_found(self) -> None:
        """Every guide and both READMEs have a session; a page without one would test nothing."""
        assert [] == [name(page) for _, page in SESSIONS if not parse(sessions(read(page)))]

    @pytest.mark.parametrize(
        ("language", "page"), SESSIONS, ids=[name(page).replace("/", "-") for _, page in SESSIONS]
    )
    def test_session(self, language: str, page: Path, tmp_path: Path) -> None:
        """A page's sessions, run from top to bottom in one folder, write what the page shows."""
        for part in ("generated", "sources"):
            shutil.copytree(EXAMPLES / part, tmp_path / part)
        for step in parse(sessions(read(page))):
            code, lines = run(step, tmp_path, LOCALES[language])
            shown = "\n".join([f"$ {step.command}", *lines, f"[{code}]"])
            assert (step.code, True) == (code, matches(step.expected, lines)), shown


class TestGuides:
    def test_same_pages(self) -> None:
        """English and Japanese have the same pages, and there are some."""
        assert {"artists.md", "checking.md", "makers.md"} <= {page.name for page in GUIDES["en"]}
        assert [page.name for page in GUIDES["en"]] == [page.name for page in GUIDES["ja"]]

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_linked(self, language: str) -> None:
        """The README leads to every guide of its language."""
        links = read(README[language])
        assert [] == [
            page.name for page in GUIDES[language] if f"](docs/{language}/{page.name})" not in links
        ]

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_commands(self, language: str) -> None:
        """Every command, those in groups included, is named in the README or a guide of each language."""
        text = "\n".join(read(page) for page in (README[language], *GUIDES[language]))
        spans = " ".join(re.findall(r"`[^`\n]+`|^\$ .*$", text, re.MULTILINE))
        assert set(COMMANDS) <= set(commands())
        assert [] == [each for each in commands() if not re.search(rf"(?<![\w-]){each}(?![\w-])", spans)]

    def test_japanese(self) -> None:
        """The Japanese guides are written in Japanese: kana in most lines of prose."""
        for page in GUIDES["ja"]:
            lines = [line for line in prose(read(page)).splitlines() if len(line) > 20]  # a sentence
            kana = [line for line in lines if re.search(r"[ぁ-んァ-ン]", line)]
            assert len(kana) > 0.8 * len(lines), name(page)


class TestPredicates:
    def test_each_has_its_page(self) -> None:
        """Every predicate module has a page of its name, and the example on it is read."""
        kinds = []
        for module in pkgutil.iter_modules(predicates.__path__):
            loaded = importlib.import_module(f"myself_i2i.predicates.{module.name}")
            own = [
                kind.PREDICATE_TYPE  # type: ignore[attr-defined]  # asked for on the next lines
                for kind in vars(loaded).values()
                if isinstance(kind, type)
                and kind.__module__ == loaded.__name__
                and "PREDICATE_TYPE" in vars(kind)
            ]
            if own:
                example = re.search(
                    r"```json\n(.*?)```", read(ROOT / "spec" / "predicates" / f"{module.name}.md"), re.DOTALL
                )
                assert example is not None, module.name
                statement = Statement.parse(canonical_json(json.loads(example[1])))
                assert own == [statement.predicate_type]
                assert own == [read_predicate(statement).PREDICATE_TYPE]
                kinds += own
        assert sorted(kinds) == sorted(predicates.PREDICATES)


class TestDecisions:
    def test_numbers(self) -> None:
        """Decisions are numbered from 0001 without gaps, each number once, and open with it."""
        found = sorted((DOCS / "adr").glob("0*.md"))
        assert found
        assert [f"{number:04}" for number in range(1, len(found) + 1)] == [path.name[:4] for path in found]
        assert [] == [path.name for path in found if not read(path).startswith(f"# {path.name[:4]} ")]

    def test_list(self) -> None:
        """The list of decisions names each one once, with its title, in order."""
        listed = re.findall(r"^- \[(.*)\]\((.*)\)$", read(DOCS / "adr" / "README.md"), re.MULTILINE)
        there = [
            (read(path).splitlines()[0].removeprefix("# "), path.name)
            for path in sorted((DOCS / "adr").glob("0*.md"))
        ]
        assert there == listed


class TestGlossary:
    def test_terms(self) -> None:
        """Each row has term, Japanese, meaning and where it is defined; no term twice."""
        assert [] == [row for row in TERMS if len(row) != 4 or not all(row)]  # columns
        assert [] == [term for term, n in Counter(row[0] for row in TERMS).items() if n > 1]

    @pytest.mark.parametrize(
        "term",
        [
            "statement",
            "envelope",
            "pledge",
            "source",
            "record",
            "mark",
            "wish",
            "ledger",
            "sidecar",
            "not recorded",
        ],
    )
    def test_there(self, term: str) -> None:
        """The words that interface and pages lean on stand in the glossary."""
        assert term in {row[0] for row in TERMS}

    def test_japanese_is_used(self) -> None:
        """The Japanese of our own terms is what interface or guides really say."""
        said = "\n".join(chain((parts["ja"] for _, parts in TEXTS), map(read, GUIDES["ja"])))
        ours = [row for row in TERMS if row[3].startswith("ours")]
        assert len(ours) > 8  # an empty list would test nothing
        assert [] == [row[1] for row in ours if row[1] not in said]

    def test_pages(self) -> None:
        """Where a term is ours, the page that defines it exists."""
        named = [re.search(r"`([^`]+\.md)`", row[3]) for row in TERMS if row[3].startswith("ours")]
        assert [] == [match[1] for match in named if match and not (ROOT / match[1]).is_file()]


class TestEveryPage:
    def test_found(self) -> None:
        """The walk finds the pages; an empty walk would test nothing."""
        assert {"README.md", "docs/en/makers.md", "spec/mark.md"} <= {name(page) for page in PAGES}

    @pytest.mark.parametrize("page", PAGES, ids=[name(page).replace("/", "-") for page in PAGES])
    def test_links(self, page: Path) -> None:
        """Every relative link leads to a file that is there, and every anchor to a heading."""
        broken = []
        for target in re.findall(r"\]\(<?([^)\s>]+)>?[^)]*\)", prose(read(page))):
            if re.match(r"[a-z][a-z0-9+.-]*:", target):
                continue
            path, _, anchor = target.partition("#")
            there = page if not path else (page.parent / path).resolve()
            if not there.exists() or (anchor and anchor not in anchors(read(there))):
                broken.append(target)
        assert [] == broken

    def test_words(self) -> None:
        """No accusing or camp word stands on any page."""
        found = [(name(page), word) for page in PAGES for word in NEVER if word in read(page)]
        assert [] == found

    def test_no_place_of_work(self) -> None:
        """No page names a folder that exists only where the project is worked on."""
        local = re.compile(r"(?<![\w.])/work/")
        assert [] == [name(page) for page in PAGES if local.search(read(page))]

    def test_changelog(self) -> None:
        """The changelog follows Keep a Changelog: an Unreleased section first, with something in it."""
        headings = re.findall(r"^## .*$", read(ROOT / "CHANGELOG.md"), re.MULTILINE)
        assert "## [Unreleased]" == headings[0]
        unreleased = read(ROOT / "CHANGELOG.md").split("## [")[1]
        kinds = set(re.findall(r"^### (.*)$", unreleased, re.MULTILINE))
        assert kinds
        assert kinds <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
        assert re.search(r"^- ", unreleased, re.MULTILINE)
