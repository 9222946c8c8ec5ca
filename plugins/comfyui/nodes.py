"""The two nodes for those who want the rules in the graph itself: "Declared source" and "Save with mark".

Both stand on ComfyUI's own LoadImage and SaveImage, whatever version that is.
"""

from __future__ import annotations

from typing import Any, ClassVar, Final

from .commands import BASES, DECLARED_CLASS, Commands
from .guard import quietly
from .runs import Watcher
from .strict import REFUSED

__all__ = ["MARKED_CLASS", "NAMES", "node_classes"]

MARKED_CLASS: Final = "MyselfI2iSaveImageMarked"
NAMES: Final = {
    DECLARED_CLASS: "Declared source / 申告つき元画像",
    MARKED_CLASS: "Save with mark / 目印を付けて保存",
}
"""Names in the menu where ComfyUI does not read locales/."""
FLUSH: Final = 20.0
"""Seconds the record is waited for before the mark is written, which carries it."""
UNKNOWN_BASIS: Final = "unknown rights basis: {basis} / 使用の根拠が選択肢にありません: {basis}"
CATEGORY: Final = "Myself_i2i"


def node_classes(host: Any, watcher: Watcher, commands: Commands) -> dict[str, Any]:
    """Return the pack's node classes, made on `host.LoadImage` and `host.SaveImage`."""
    return {
        DECLARED_CLASS: _declared(host.LoadImage),
        MARKED_CLASS: _marked(host.SaveImage, watcher, commands),
    }


def _declared(load_image: Any) -> Any:
    class LoadDeclaredImage(load_image):  # type: ignore[misc]  # the host's class, known only at run time
        """Loads a picture and declares why it may be used; the declaration is signed when the graph is queued."""

        CATEGORY = CATEGORY
        DESCRIPTION: ClassVar[str] = (
            "Loads a picture and declares, with your key and in your ledger, why you may use it. "
            "画像を読み込み、使ってよい根拠をあなたの鍵で申告して帳簿に残します。"
        )

        @classmethod
        def INPUT_TYPES(cls) -> dict[str, Any]:  # noqa: N802  # ComfyUI's name
            image = load_image.INPUT_TYPES()["required"]["image"]
            text = {"default": "", "multiline": False}
            return {
                "required": {"image": image, "basis": (list(BASES),)},
                "optional": {
                    "permission_file": ("STRING", text),
                    "licence": ("STRING", text),
                    "earlier_file": ("STRING", text),
                },
            }

        FUNCTION = "load_declared"

        def load_declared(self, image: str, basis: str, **_: str) -> Any:
            """Load as LoadImage does; the declaration was made when the graph was queued."""
            del basis
            return getattr(self, load_image.FUNCTION)(image)

        @classmethod
        def IS_CHANGED(cls, image: str, **_: str) -> Any:  # noqa: N802  # ComfyUI's name
            return load_image.IS_CHANGED(image)

        @classmethod
        def VALIDATE_INPUTS(  # noqa: N802  # ComfyUI's name
            cls,
            image: str,
            basis: str = BASES[0],
            permission_file: str = "",
            licence: str = "",
            earlier_file: str = "",
        ) -> Any:
            del permission_file, licence, earlier_file  # the command says what is wrong with them
            if image in REFUSED.get():
                return REFUSED.get()[image]
            if basis not in BASES:
                return UNKNOWN_BASIS.format(basis=basis)
            return load_image.VALIDATE_INPUTS(image)

    return LoadDeclaredImage


def _marked(save_image: Any, watcher: Watcher, commands: Commands) -> Any:
    class SaveImageMarked(save_image):  # type: ignore[misc]  # the host's class, known only at run time
        """Saves as SaveImage does, then writes the mark into the file: record, sources with their bases, pledge."""

        CATEGORY = CATEGORY
        DESCRIPTION: ClassVar[str] = (
            "Saves pictures and writes the mark into each file. Pledge first: myself-i2i pledge. "
            "画像を保存し、目印を書き込みます。先に myself-i2i pledge で宣言してください。"
        )

        @classmethod
        def INPUT_TYPES(cls) -> dict[str, Any]:  # noqa: N802  # ComfyUI's name
            types = dict(save_image.INPUT_TYPES())
            types["hidden"] = {**types.get("hidden", {}), "unique_id": "UNIQUE_ID"}
            return types

        FUNCTION = "save_marked"

        def save_marked(self, images: Any, unique_id: Any = None, **options: Any) -> Any:
            """Save, record, mark; a picture that cannot be marked is saved all the same."""
            save = getattr(save_image.save_images, "__wrapped__", save_image.save_images)
            result = save(self, images, **options)
            with quietly("mark", watcher.tell):
                paths = list(watcher.files.results(result["ui"]))
                prompt = options.get("prompt")
                if isinstance(prompt, dict):
                    watcher.record(prompt, str(unique_id), paths)
                    watcher.recorder.flush(FLUSH)
                commands.mark(paths)
            return result

    return SaveImageMarked
