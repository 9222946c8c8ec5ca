"""C2PA manifests (Content Credentials): what the vendor that signed says of how the picture was made.

What a vendor leaves out differs, so each is judged by what it is known to record:

- Google lists the pictures that were given as `inputTo` ingredients; none listed means none was given.
- Adobe Firefly names its operation; in Photoshop only "made with Firefly, part of a composite" is left.
- OpenAI records no input at all. The same goes for anyone else: a digital source type of
  `trainedAlgorithmicMedia` is no proof that nothing went in.

Whether the signature holds was found out before, by c2pa-python; only a signer on a known list makes the answer
attested, and a manifest that does not fit its file never proves that no picture went in.
"""

from __future__ import annotations

from dataclasses import replace

from myself_i2i.inspection._c2pa_manifest import Action, Ingredient, Standing, Store
from myself_i2i.inspection.interface import (
    Answer,
    Evidence,
    ImageInput,
    Material,
    Mode,
    Reading,
    Role,
    shorten,
)
from myself_i2i.inspection.values import text
from myself_i2i.wording import Text

__all__ = ["read"]

OPENAI = ("OpenAI", "GPT-4o", "gpt-image", "DALL", "ChatGPT", "Sora")
OPERATIONS = ("com.adobe.firefly.operation", "firefly.operation")
FIREFLY_MODES = {
    "fill": Mode.INPAINT,
    "inpaint": Mode.INPAINT,
    "expand": Mode.OUTPAINT,
    "outpaint": Mode.OUTPAINT,
    "image_to_image": Mode.I2I,
    "upscale": Mode.UPSCALE,
    "edit": Mode.EDIT,
}
"""Part of an operation's name -> mode; each of these works on a picture."""
STANDINGS = {
    Standing.INTACT: Text(
        en="the C2PA manifest is intact, but its signer is not on a list known here ({codes})",
        ja="C2PAマニフェストは署名されたときのままですが、署名者はここで使っている一覧に載っていません（{codes}）",
    ),
    Standing.BROKEN: Text(
        en="the C2PA manifest does not hold for this file ({codes}); what it says is shown as a claim",
        ja="C2PAマニフェストがこのファイルと合いません（{codes}）。書かれていることは申告として示します",
    ),
}
NO_INPUTS_TOLD = Text(
    en="OpenAI does not record whether a picture was given",
    ja="OpenAIは、画像を渡したかどうかを記録しません",
)
IN_A_DOCUMENT = Text(
    en="part of the picture was generated inside a document; what the document holds is not recorded",
    ja="画像の一部が、編集中のドキュメントの中で生成されています。そこに何があったかは記録されていません",
)
BY_AI = Text(
    en="the manifest says that AI made it, not whether a picture went in",
    ja="マニフェストにはAIで作られたとありますが、画像を入力したかどうかは書かれていません",
)
NO_AI_STEP = Text(
    en="the manifest records no step made with AI", ja="マニフェストに、AIを使った工程の記録はありません"
)
UNKNOWN_INPUT = Text(
    en="an input of unknown kind is listed; it need not be a picture",
    ja="種類のわからない入力が載っています。画像とは限りません",
)
STEP_MISSING = Text(
    en="the step that made the picture is not in the manifest",
    ja="画像を作った工程がマニフェストに載っていません",
)
UNKNOWN_OPERATION = Text(
    en="the operation “{operation}” is not known here",
    ja="「{operation}」という操作が何をするかはわかりません",
)
INGREDIENT = Text(en="C2PA {relationship}", ja="C2PAの素材（{relationship}）")
MAX_EVIDENCE = 20


def read(material: Material) -> Reading | None:
    """Return what the file's C2PA manifest says, or None when it has none (or none was read)."""
    store = Store.parse(material.manifest)
    if store is None:
        return None
    reading = _with_inputs(store) or _vendor(store)
    notes = list(reading.notes)
    answer = reading.image_input
    if store.standing in STANDINGS:
        codes = ", ".join(store.failures[:4]) or store.state
        notes.append(STANDINGS[store.standing].format(codes=shorten(codes)))
    if store.standing is Standing.BROKEN and answer is Answer.NO:
        answer = Answer.NOT_RECORDED
    return replace(
        reading,
        image_input=answer,
        attested_by=store.issuer if store.vouched else None,
        evidence=_evidence(store),
        notes=tuple(notes),
    )


def _with_inputs(store: Store) -> Reading | None:
    """The picture has inputs of its own: then the answer is yes, whoever signed."""
    given = [item for item in store.used("inputTo") if item.is_image]
    if given:
        inputs = tuple(_input(item) for item in given)
        mode = Mode.EDIT if store.says("Google", "OpenAI", "Adobe") else Mode.UNKNOWN
        return _reading(store, mode, Answer.YES, inputs=inputs)
    opened = [item for item in store.used("parentOf") if item.is_image is not False]
    after_opening = _after(store.actions, "c2pa.opened")
    if opened and any(action.by_ai for action in after_opening) and not store.says("Google", "OpenAI"):
        mode = Mode.INPAINT if _is_composite(store) and store.says("Firefly") else Mode.EDIT
        return _reading(store, mode, Answer.YES, inputs=tuple(_input(item) for item in opened))
    return None


def _vendor(store: Store) -> Reading:
    if store.says(*OPENAI):
        return _reading(store, Mode.UNKNOWN, Answer.NOT_RECORDED, NO_INPUTS_TOLD)
    if (store.issuer or "").startswith("Google") and any(action.by_ai for action in store.actions):
        return _google(store)
    operations = [text(action.parameters.get(key)) for action in store.actions for key in OPERATIONS]
    asked = next((operation for operation in operations if operation), None)
    if asked:
        return _firefly(store, asked)
    if store.says("Firefly") and _is_composite(store):
        return _reading(store, Mode.INPAINT, Answer.NOT_RECORDED, IN_A_DOCUMENT)
    if any(action.by_ai for action in store.actions):
        return _reading(store, Mode.UNKNOWN, Answer.NOT_RECORDED, BY_AI)
    return _reading(store, Mode.UNKNOWN, Answer.NOT_RECORDED, NO_AI_STEP)


def _google(store: Store) -> Reading:
    created = [action for action in store.actions if action.name == "c2pa.created"]
    if store.used("inputTo"):
        return _reading(store, Mode.UNKNOWN, Answer.NOT_RECORDED, UNKNOWN_INPUT)
    if (
        store.complete
        and created
        and all(action.source_type == "trainedAlgorithmicMedia" for action in created)
    ):
        return _reading(store, Mode.T2I, Answer.NO)
    return _reading(store, Mode.UNKNOWN, Answer.NOT_RECORDED, STEP_MISSING)


def _firefly(store: Store, operation: str) -> Reading:
    name = operation.casefold()
    used = tuple(_input(item) for item in store.ingredients if item.is_image)
    mode = next((mode for word, mode in FIREFLY_MODES.items() if word in name), None)
    if mode is not None:
        return _reading(store, mode, Answer.YES, inputs=used or (ImageInput(role=Role.INIT),))
    if name != "text_to_image":
        note = UNKNOWN_OPERATION.format(operation=shorten(operation, 60))
        return _reading(store, Mode.UNKNOWN, Answer.YES if used else Answer.NOT_RECORDED, note, inputs=used)
    return _reading(
        store, Mode.REFERENCE if used else Mode.T2I, Answer.YES if used else Answer.NO, inputs=used
    )


def _is_composite(store: Store) -> bool:
    return any(action.source_type == "compositeWithTrainedAlgorithmicMedia" for action in store.actions)


def _after(actions: tuple[Action, ...], name: str) -> tuple[Action, ...]:
    places = [index for index, action in enumerate(actions) if action.name == name]
    return actions[places[0] + 1 :] if places else ()


def _input(item: Ingredient) -> ImageInput:
    note = INGREDIENT.format(relationship=shorten(item.relationship, 60))
    return ImageInput(role=Role.INIT, name=item.title, urn=item.urn, note=note)


def _reading(
    store: Store, mode: Mode, answer: Answer, note: Text | None = None, *, inputs: tuple[ImageInput, ...] = ()
) -> Reading:
    agents = [action.agent for action in store.actions if action.by_ai and action.agent]
    versions = [text(action.parameters.get("com.adobe.firefly.version")) for action in store.actions]
    return Reading(
        tool=_tool(store),
        tool_version=store.generator_version,
        mode=mode,
        image_input=answer,
        inputs=inputs,
        model=next((value for value in [*versions, *agents] if value), None),
        extras={"c2pa_state": store.state, **({"c2pa_signer": store.issuer} if store.issuer else {})},
        notes=(note,) if note else (),
    )


def _tool(store: Store) -> str:
    if store.says(*OPENAI):
        return "OpenAI"
    if (store.issuer or "").startswith("Google"):
        return "Google"
    return store.generator


def _evidence(store: Store) -> tuple[Evidence, ...]:
    lines = [Evidence("C2PA signer", f"{store.issuer or 'not named'} ({store.state})")]
    for action in store.actions[:MAX_EVIDENCE]:
        told = {
            "softwareAgent": action.agent,
            "digitalSourceType": action.source_type,
            "description": action.description,
        }
        told |= {key: text(action.parameters.get(key)) for key in OPERATIONS}
        said = ", ".join(f"{key}: {value}" for key, value in told.items() if value)
        lines.append(Evidence(f"C2PA action {action.name}", shorten(said or "no details")))
    lines += [
        Evidence(f"C2PA ingredient {item.relationship}", shorten(item.urn or item.title or "not named"))
        for item in store.ingredients[:MAX_EVIDENCE]
    ]
    return tuple(lines)
