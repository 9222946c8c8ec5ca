"""The stand-in ComfyUI's folders and node classes; see comfyui_standin.py."""

from __future__ import annotations

import hashlib
import json
import threading
from pathlib import Path
from types import ModuleType
from typing import Any

from PIL import Image, PngImagePlugin

__all__ = ["folder_paths_of", "nodes_of"]


def folder_paths_of(base: Path) -> Any:
    module: Any = ModuleType("folder_paths")
    folders = {kind: base / kind for kind in ("input", "output", "temp")}
    for folder in folders.values():
        folder.mkdir(parents=True, exist_ok=True)

    def get_annotated_filepath(name: str) -> str:
        for kind, folder in folders.items():
            if name.endswith(f"[{kind}]"):
                return str(folder / name[: -len(kind) - 3])
        return str(folders["input"] / name)

    module.get_annotated_filepath = get_annotated_filepath
    module.get_input_directory = lambda: str(folders["input"])
    module.get_output_directory = lambda: str(folders["output"])
    module.get_temp_directory = lambda: str(folders["temp"])
    return module


def nodes_of(folder_paths: Any) -> Any:  # noqa: C901  # one class a node
    module: Any = ModuleType("nodes")

    class LoadImage:
        FUNCTION = "load_image"

        @classmethod
        def INPUT_TYPES(cls) -> dict[str, Any]:  # noqa: N802
            return {"required": {"image": (["a.png"], {"image_upload": True})}}

        def load_image(self, image: str) -> Any:
            with Image.open(folder_paths.get_annotated_filepath(image)) as picture:
                return (picture.convert("RGB"), None)

        @classmethod
        def IS_CHANGED(cls, image: str) -> str:  # noqa: N802
            return hashlib.sha256(Path(folder_paths.get_annotated_filepath(image)).read_bytes()).hexdigest()

        @classmethod
        def VALIDATE_INPUTS(cls, image: str) -> Any:  # noqa: N802
            there = Path(folder_paths.get_annotated_filepath(image)).is_file()
            return True if there else f"Invalid image file: {image}"

    class LoadLatent:
        FUNCTION = "load"

        @classmethod
        def INPUT_TYPES(cls) -> dict[str, Any]:  # noqa: N802
            return {"required": {"latent": (["a.latent"],)}}

        def load(self, latent: str) -> Any:
            return (len(latent),)

    class LoadImageBase64:
        """Krita's ETN_LoadImageBase64: no validation of its own."""

        FUNCTION = "load"

        @classmethod
        def INPUT_TYPES(cls) -> dict[str, Any]:  # noqa: N802
            return {"required": {"image": ("STRING",)}}

        def load(self, image: str) -> Any:
            return (Image.new("RGB", (8, 8), (len(image) % 255, 0, 0)), None)

    class ImageScale:
        FUNCTION = "upscale"

        @classmethod
        def INPUT_TYPES(cls) -> dict[str, Any]:  # noqa: N802
            return {"required": {"image": ("IMAGE",), "width": ("INT",), "height": ("INT",)}}

        def upscale(self, image: Any, width: int, height: int, **_: str) -> Any:
            return (image.resize((width, height)),)

    class Anything:
        """Stands for loaders of models, encoders and samplers: hands on whatever came in."""

        FUNCTION = "do"

        @classmethod
        def INPUT_TYPES(cls) -> dict[str, Any]:  # noqa: N802
            return {"required": {}}

        def do(self, **inputs: Any) -> Any:
            given = [one for one in inputs.values() if isinstance(one, Image.Image)]
            picture = given[0] if given else Image.new("RGB", (8, 8), (1, 2, 3))
            return (picture, picture, picture)

    class SaveImage:
        OUTPUT_NODE = True
        FUNCTION = "save_images"
        type = "output"

        def __init__(self) -> None:
            self.folder = Path(folder_paths.get_output_directory())

        @classmethod
        def INPUT_TYPES(cls) -> dict[str, Any]:  # noqa: N802
            return {
                "required": {"images": ("IMAGE",), "filename_prefix": ("STRING", {"default": "ComfyUI"})},
                "hidden": {"prompt": "PROMPT", "extra_pnginfo": "EXTRA_PNGINFO"},
            }

        def save_images(
            self, images: Any, filename_prefix: str = "ComfyUI", prompt: Any = None, extra_pnginfo: Any = None
        ) -> Any:
            del extra_pnginfo
            number = len(list(self.folder.glob(f"{filename_prefix}_*"))) + 1
            text = PngImagePlugin.PngInfo()
            text.add_text("prompt", json.dumps(prompt))
            name = f"{filename_prefix}_{number:05}_.png"
            images.save(self.folder / name, pnginfo=text)
            return {"ui": {"images": [{"filename": name, "subfolder": "", "type": self.type}]}}

    class PreviewImage(SaveImage):
        type = "temp"

        def __init__(self) -> None:
            self.folder = Path(folder_paths.get_temp_directory())

    class OtherPackSaver:
        """A saver that has nothing of SaveImage in it, and writes after it has returned."""

        OUTPUT_NODE = True
        FUNCTION = "write"

        @classmethod
        def INPUT_TYPES(cls) -> dict[str, Any]:  # noqa: N802
            return {"required": {"images": ("IMAGE",)}}

        def write(self, images: Any) -> Any:
            path = Path(folder_paths.get_output_directory()) / "late.webp"
            threading.Timer(0.3, lambda: images.save(path)).start()
            return {"ui": {"images": [{"filename": path.name, "subfolder": "", "type": "output"}]}}

    module.LoadImage, module.SaveImage, module.PreviewImage = LoadImage, SaveImage, PreviewImage
    module.NODE_CLASS_MAPPINGS = {
        "LoadImage": LoadImage,
        "LoadLatent": LoadLatent,
        "ETN_LoadImageBase64": LoadImageBase64,
        "ImageScale": ImageScale,
        "SaveImage": SaveImage,
        "PreviewImage": PreviewImage,
        "OtherPackSaveImage": OtherPackSaver,
        **dict.fromkeys(("CheckpointLoaderSimple", "CLIPTextEncode", "VAEEncode", "KSampler", "VAEDecode", "LoadImageFromUrl", "EmptyLatentImage"), Anything),
    }  # fmt: skip
    return module
