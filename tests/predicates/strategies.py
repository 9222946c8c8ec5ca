"""Hypothesis strategies: any predicate that may be signed."""

from datetime import UTC, datetime

from hypothesis import strategies as st

from myself_i2i.attestation import PrivateKey
from myself_i2i.predicates import Generation, Journal, Permission, Pledge, Predicate, Source, Wish, Withdrawal
from myself_i2i.predicates.generation import (
    IMAGE_INPUT,
    MODES,
    ROLES,
    Input,
    Parent,
    Prompt,
    PromptPolicy,
    Relation,
    WrittenBy,
)
from myself_i2i.predicates.journal import FRAMES, JournalEntry
from myself_i2i.predicates.permission import ANYONE
from myself_i2i.predicates.source import Basis, Licence, Origin
from myself_i2i.predicates.wish import Scope, WishAnswer

KEY = PrivateKey.generate(bytes(range(32))).public_key
WORDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)
MAYBE = st.none() | WORDS
HEX = st.binary(min_size=32, max_size=32).map(bytes.hex)
TIMES = st.datetimes(datetime(1970, 1, 2), datetime(9000, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  # bounds are naive by Hypothesis's rule
LISTS = st.lists(WORDS, max_size=3).map(tuple)
MAPPINGS = st.dictionaries(WORDS, WORDS, max_size=3)

PLEDGES = st.builds(
    Pledge, text_version=st.just("1.0"), language=st.sampled_from(["ja", "en", "zh-Hant"]), text_sha256=HEX,
    public_key=st.just(KEY), display_name=MAYBE, accounts=LISTS, tags=LISTS, pledged_at=TIMES,
)  # fmt: skip
PROMPTS = (
    st.builds(Prompt, policy=st.just(PromptPolicy.FULL), text=WORDS, negative=MAYBE)
    | st.builds(Prompt, policy=st.just(PromptPolicy.SALTED_DIGEST), digest=HEX)
    | st.just(Prompt(policy=PromptPolicy.NONE))
)
INPUTS = st.builds(
    Input, role=st.sampled_from(ROLES), name=MAYBE, sha256=st.none() | HEX, image_data=st.none() | HEX,
    hashes=MAPPINGS, fingerprints=MAPPINGS, basis=st.none() | HEX, urn=MAYBE, origin=MAYBE,
)  # fmt: skip
GENERATIONS = st.builds(
    Generation, written_by=st.sampled_from(WrittenBy), writer=MAYBE, tool=MAYBE, tool_version=MAYBE,
    mode=st.sampled_from(MODES), image_input=st.sampled_from(IMAGE_INPUT), model=MAYBE,
    strength=st.none() | st.floats(0, 1), loras=LISTS, parameters=MAPPINGS,
    inputs=st.lists(INPUTS, max_size=2).map(tuple),
    parents=st.lists(
        st.builds(Parent, relation=st.sampled_from(Relation), sha256=HEX, note=MAYBE), max_size=2
    ).map(tuple),
    prompt=PROMPTS, note=MAYBE, generated_at=st.none() | TIMES, recorded_at=TIMES,
)  # fmt: skip
SOURCES = (
    st.builds(
        Source, basis=st.sampled_from([Basis.OWN_DRAWING, Basis.OWN_PHOTO]), note=MAYBE, declared_at=TIMES
    )
    | st.builds(
        Source,
        basis=st.just(Basis.OWN_GENERATION),
        origin=st.builds(Origin, generation=HEX, sha256=st.none() | HEX) | st.builds(Origin, sha256=HEX),
        declared_at=TIMES,
    )
    | st.builds(Source, basis=st.just(Basis.PERMISSION), permission=HEX, declared_at=TIMES)
    | st.builds(
        Source,
        basis=st.just(Basis.OPEN_LICENCE),
        licence=st.builds(Licence, spdx=st.just("CC-BY-4.0"), attribution=MAYBE, url=MAYBE),
        declared_at=TIMES,
    )
)
PERMISSIONS = st.builds(
    Permission, public_key=st.just(KEY), artist=MAYBE, grantee=st.just(ANYONE) | HEX, conditions=MAYBE,
    credit=MAYBE, valid_from=TIMES, until=st.none() | TIMES,
)  # fmt: skip
WISHES = st.builds(
    Wish, public_key=st.just(KEY), artist=MAYBE, i2i=st.sampled_from(WishAnswer), scope=st.sampled_from(Scope),
    accounts=LISTS, contact=MAYBE, note=MAYBE, wished_at=TIMES,
)  # fmt: skip


def _apart(entries: list[JournalEntry]) -> bool:
    """Whether no commitment stands twice."""
    sealed = [value for entry in entries for value in (entry.file, *entry.fingerprints.values())]
    return len(set(sealed)) == len(sealed)


JOURNAL_ENTRIES = st.builds(
    JournalEntry, frame=st.integers(1, FRAMES), kind=st.sampled_from(["png", "psd", "other"]), file=HEX,
    fingerprints=st.dictionaries(st.sampled_from(["pdq64_v1", "origin_v1"]), HEX, max_size=2),
)  # fmt: skip
JOURNALS = st.builds(
    Journal, public_key=st.just(KEY), work=st.none() | HEX, previous=st.none() | HEX, noted_at=TIMES,
    entries=st.lists(JOURNAL_ENTRIES, min_size=1, max_size=3, unique_by=lambda entry: entry.frame)
    .filter(_apart).map(lambda entries: tuple(sorted(entries, key=lambda entry: entry.frame))),
)  # fmt: skip
WITHDRAWALS = st.builds(Withdrawal, envelope=HEX, statement=HEX, reason=MAYBE, withdrawn_at=TIMES)

PREDICATES: st.SearchStrategy[Predicate] = st.one_of(
    PLEDGES, GENERATIONS, SOURCES, PERMISSIONS, WISHES, JOURNALS, WITHDRAWALS
)
