"""Stories for tests: a maker's records of pictures, signed for real and gathered in memory or in a ledger."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from myself_i2i.attestation import Envelope, PrivateKey, Subject, sign
from myself_i2i.ledger import Ledger
from myself_i2i.predicates import (
    Generation,
    Predicate,
    Signed,
    Source,
    Withdrawal,
    make_statement,
    read_signed,
)
from myself_i2i.predicates.generation import Input, Parent, Prompt, PromptPolicy, Relation, WrittenBy
from myself_i2i.predicates.source import Basis
from myself_i2i.rights import SourceFile, StatementSet

NOON = datetime(2026, 11, 3, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def picture(number: int, name: str | None = None) -> SourceFile:
    """The n-th picture."""
    file, data = (hashlib.sha256(f"{part} {number}".encode()).hexdigest() for part in ("file", "data"))
    return SourceFile(name=name or f"{number}.png", sha256=file, image_data=data)


def went_in(file: SourceFile, role: str = "init") -> Input:
    """`file` as an input."""
    return Input(role=role, name=file.name, sha256=file.sha256, image_data=file.image_data)


def came_from(file: SourceFile, relation: Relation, note: str | None = None) -> Parent:
    """`file` as a parent."""
    return Parent(relation=relation, sha256=file.sha256 or "", note=note)


def made(
    mode: str = "t2i",
    *inputs: Input,
    at: datetime = NOON,
    by: WrittenBy = WrittenBy.RECORDER,
    prompt: str | None = None,
    parents: Iterable[Parent] = (),
    tool: str | None = "ComfyUI",
    model: str | None = "example-xl.safetensors",
    strength: float | None = None,
) -> Generation:
    """A record of one picture's making."""
    timed = by is WrittenBy.RECORDER
    return Generation(
        written_by=by,
        tool=tool,
        tool_version="0.3.64" if tool else None,
        mode=mode,
        image_input="yes" if inputs else "no" if mode == "t2i" else "not_recorded",
        model=model if tool else None,
        strength=strength,
        inputs=inputs,
        parents=tuple(parents),
        prompt=Prompt(policy=PromptPolicy.FULL, text=prompt) if prompt else Prompt(policy=PromptPolicy.NONE),
        generated_at=at if timed else None,
        recorded_at=at,
    )


def retouched(file: SourceFile, note: str, at: datetime) -> Generation:
    """A record of hand work on `file`."""
    parent = came_from(file, Relation.HAND_WORK, note)
    return made("unknown", at=at, by=WrittenBy.HAND, parents=[parent], tool=None)


@dataclass
class Desk:
    """Where statements are signed and gathered."""

    key: PrivateKey = field(default_factory=lambda: PrivateKey.generate(b"m" * 32))
    signed: list[Signed] = field(default_factory=list)

    def say(self, predicate: Predicate, *files: SourceFile, key: PrivateKey | None = None) -> Envelope:
        """Sign and keep a statement; return its envelope."""
        signer = key or self.key
        subjects = [Subject(file.name, dict(file.digests())) for file in files]
        envelope = sign(make_statement(predicate, subjects), signer)
        self.signed.append(read_signed(envelope, signer.public_key))
        return envelope

    def declare(self, file: SourceFile, basis: Basis = Basis.OWN_DRAWING, at: datetime = NOON) -> Envelope:
        """Declare a source."""
        return self.say(Source(basis=basis, declared_at=at), file)

    def withdraw(self, envelope: Envelope, at: datetime = NOON + 60 * MINUTE) -> Envelope:
        """Take a statement back."""
        return self.say(Withdrawal.of(envelope, withdrawn_at=at))

    def statements(self) -> StatementSet:
        """All that was said."""
        return StatementSet(self.signed)

    def keep(self, path: Path) -> Ledger:
        """Return all that was said as a ledger, open."""
        ledger = Ledger.open(path)
        ledger.append_all(
            [one.envelope for one in self.signed],
            appended_at=NOON,
            public_keys=[one.public_key for one in self.signed],
        )
        return ledger


def chain(desk: Desk, steps: int) -> SourceFile:
    """Record a drawing and `steps` i2i runs after it, each on the last, with a control picture each; return the end."""
    desk.declare(picture(0, "drawing.png"))
    for step in range(1, steps + 1):
        desk.declare(control := picture(10_000 + step, f"pose-{step}.png"), Basis.OWN_PHOTO)
        before = picture(step - 1, None if step > 1 else "drawing.png")
        record = made(
            "i2i", went_in(before), went_in(control, "control"), at=NOON + step * MINUTE, strength=0.55
        )
        desk.say(record, picture(step))
    return picture(steps)


def work(desk: Desk) -> SourceFile:
    """Record a day's work as makers describe it, trials included; return the finished picture."""
    prompts = ("1girl, umbrella", "1girl, umbrella, rain", "1girl, red umbrella, rain, night")
    for number in range(24):
        record = made("t2i", at=NOON + number * 2 * MINUTE, prompt=prompts[number // 8])
        desk.say(record, picture(100 + number, f"ComfyUI_{number:05}.png"))
    rough = picture(200, "rough.png")
    desk.declare(rough)
    lines = picture(201, "lines.png")
    chosen = picture(117, "ComfyUI_00017.png")
    at = NOON + 60 * MINUTE
    desk.say(
        made("controlnet", went_in(chosen, "reference"), went_in(rough, "control"), at=at, prompt=prompts[2]),
        lines,
    )
    for number in range(6):
        other = made(
            "controlnet", went_in(chosen, "reference"), at=at + (number - 7) * MINUTE, prompt=prompts[2]
        )
        desk.say(other, picture(300 + number, f"ComfyUI_{number + 24:05}.png"))
    clean = picture(202, "lines-clean.png")
    desk.say(retouched(lines, "線を整理、手を描き直し", at + 50 * MINUTE), clean)
    shaded = picture(203, "shaded.png")
    record = made(
        "i2i",
        went_in(clean),
        went_in(picture(204, "paper.jpg"), "style"),
        at=at + 70 * MINUTE,
        strength=0.35,
        prompt=prompts[2] + ", soft shading",
    )
    desk.say(record, shaded)
    large = picture(205, "finished.png")
    up = made("upscale", at=at + 80 * MINUTE, parents=[came_from(shaded, Relation.UPSCALED)])
    desk.say(replace(up, image_input="yes", inputs=(went_in(shaded),)), large)
    return large
