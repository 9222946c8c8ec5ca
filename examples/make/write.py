"""Write the pictures of `generate.py` in the formats of several tools, and the manifest of what each one is.

    python write.py --runs /where/generate.py/wrote --pictures ../pictures

The pixels come from our own pipeline; the metadata is written here, in those tools' formats, not by those tools.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import comfyui
import others
import webui
from PIL import Image
from PIL.PngImagePlugin import PngInfo

MODEL_NAME = "scenes-128"


@dataclass(frozen=True)
class Bench:
    """What every writer may use."""

    runs: dict[str, dict[str, Any]]
    """Each run's settings by its name, with the steps and guidance that all share."""
    folder: Path
    """Where `generate.py` left the plain pictures."""
    pictures: Path
    """Where the results go."""
    model: tuple[str, str]
    """The model's name and the first 10 hex digits of its weights' SHA-256."""

    def image(self, run: str) -> Image.Image:
        """Return a run's plain picture."""
        return Image.open(self.folder / f"{run}.png").convert("RGB")

    def source(self, name: str) -> Image.Image:
        """Return a source picture."""
        return Image.open(self.pictures / name)


@dataclass(frozen=True)
class Result:
    """One file to write and what is true of it."""

    file: str
    """Path under `pictures/`."""
    run: str
    """The run whose pixels it carries."""
    what: str
    """What the file is."""
    write: Callable[[Bench, dict[str, Any], Path], None]
    """Writes the file."""
    source: str | None = None
    """The picture that went in, under `pictures/`."""
    recorded: tuple[str, str] | None = None
    """Mode and image input as the file itself says, where that is not the truth."""
    second_pass: bool = False
    """True when the tool's own second pass is all that separates it from plain text-to-image."""


def write_a1111_t2i(bench: Bench, run: dict[str, Any], path: Path) -> None:
    """PNG text `parameters`."""
    bench.image(run["name"]).save(path, pnginfo=_parameters(webui.a1111(run, bench.model)))


def write_a1111_i2i(bench: Bench, run: dict[str, Any], path: Path) -> None:
    """JPEG with EXIF UserComment; the init picture as the API hands it over (RGB)."""
    text = webui.a1111(run, bench.model, bench.source("sources/drawing.png"))
    bench.image(run["name"]).save(path, quality=80, exif=webui.exif_with_comment(text))


def write_forge_hires(bench: Bench, run: dict[str, Any], path: Path) -> None:
    """PNG text with the keys of the tool's own second pass."""
    bench.image(run["name"]).save(path, pnginfo=_parameters(webui.forge(run, bench.model)))


def write_forge_i2i(bench: Bench, run: dict[str, Any], path: Path) -> None:
    """PNG text; the init picture as the browser page hands it over (RGBA)."""
    init = bench.source("sources/drawing-lines.png").convert("RGBA")
    bench.image(run["name"]).save(path, pnginfo=_parameters(webui.forge(run, bench.model, init)))


def write_sdnext_i2i(bench: Bench, run: dict[str, Any], path: Path) -> None:
    """WebP with EXIF UserComment."""
    text = webui.sdnext(run, bench.model, bench.source("sources/drawing.png"))
    bench.image(run["name"]).save(path, quality=90, exif=webui.exif_with_comment(text))


def write_comfyui_t2i(bench: Bench, run: dict[str, Any], path: Path) -> None:
    """PNG texts `prompt` and `workflow`."""
    graph = comfyui.text_to_image(run, f"{bench.model[0]}.safetensors")
    bench.image(run["name"]).save(path, pnginfo=comfyui.pnginfo(graph), compress_level=4)


def comfyui_i2i(source: str, shown_as: str) -> Callable[[Bench, dict[str, Any], Path], None]:
    """Return the writer for a graph that loads `source` under the name `shown_as`."""

    def write(bench: Bench, run: dict[str, Any], path: Path) -> None:
        digest = hashlib.sha256((bench.pictures / source).read_bytes()).hexdigest()
        graph = comfyui.image_to_image(run, f"{bench.model[0]}.safetensors", shown_as, digest)
        bench.image(run["name"]).save(path, pnginfo=comfyui.pnginfo(graph), compress_level=4)

    return write


def write_invokeai_t2i(bench: Bench, run: dict[str, Any], path: Path) -> None:
    """PNG texts `invokeai_metadata` and `invokeai_graph`."""
    bench.image(run["name"]).save(path, pnginfo=others.invokeai(run, bench.model), compress_level=1)


def write_novelai_t2i(bench: Bench, run: dict[str, Any], path: Path) -> None:
    """PNG texts as NovelAI writes them, unsigned."""
    bench.image(run["name"]).save(path, pnginfo=others.novelai(run))


def write_plain(bench: Bench, run: dict[str, Any], path: Path) -> None:
    """PNG as diffusers leaves it."""
    bench.image(run["name"]).save(path, optimize=True)


def write_avif(bench: Bench, run: dict[str, Any], path: Path) -> None:
    """AVIF without metadata, as a site that re-encodes leaves it."""
    bench.image(run["name"]).save(path, quality=70)


def write_avif_xmp(bench: Bench, run: dict[str, Any], path: Path) -> None:
    """AVIF with an XMP packet only."""
    bench.image(run["name"]).save(path, quality=70, xmp=others.XMP.encode())


UNSAID = ("unknown", "not_recorded")
OWN = "generated/a1111-t2i.png"
RESULTS = (
    Result(OWN, "t2i-sunset", "AUTOMATIC1111 format, text-to-image", write_a1111_t2i),
    Result(
        "generated/a1111-i2i.jpg",
        "i2i-drawing-50",
        "AUTOMATIC1111 format, image-to-image, `Init image hash` of the RGB pixels",
        write_a1111_i2i,
        "sources/drawing.png",
    ),
    Result(
        "generated/forge-hires.png",
        "t2i-hires",
        "Forge format, text-to-image with hires fix",
        write_forge_hires,
        second_pass=True,
    ),
    Result(
        "generated/forge-i2i-lines.png",
        "i2i-lines-90",
        "Forge format, image-to-image, `Init image hash` of the RGBA pixels",
        write_forge_i2i,
        "sources/drawing-lines.png",
    ),
    Result("generated/comfyui-t2i.png", "t2i-night", "ComfyUI format, text-to-image", write_comfyui_t2i),
    Result(
        "generated/comfyui-i2i.png",
        "i2i-drawing-70",
        "ComfyUI format, image-to-image, `is_changed` is the source file's SHA-256",
        comfyui_i2i("sources/drawing.png", "drawing.png"),
        "sources/drawing.png",
    ),
    Result(
        "generated/comfyui-i2i-own.png",
        "i2i-own-70",
        "ComfyUI format, image-to-image from an earlier text-to-image result",
        comfyui_i2i(OWN, "a1111-t2i.png"),
        OWN,
    ),
    Result(
        "generated/comfyui-i2i-undeclared.png",
        "i2i-undeclared-40",
        "ComfyUI format, image-to-image from the picture nobody declared",
        comfyui_i2i("sources/undeclared.png", "undeclared.png"),
        "sources/undeclared.png",
    ),
    Result(
        "generated/sdnext-i2i.webp",
        "i2i-drawing-60",
        "SD.Next format, image-to-image, `Init image hash` from SHA-256 of the pixels",
        write_sdnext_i2i,
        "sources/drawing.png",
    ),
    Result("generated/invokeai-t2i.png", "t2i-sea", "InvokeAI format, text-to-image", write_invokeai_t2i),
    Result(
        "generated/novelai-t2i.png",
        "t2i-cat",
        "NovelAI format without a signature, text-to-image",
        write_novelai_t2i,
    ),
    Result(
        "generated/plain-t2i.png",
        "t2i-day",
        "as diffusers saves it: no metadata",
        write_plain,
        recorded=UNSAID,
    ),
    Result(
        "generated/stripped-i2i.avif",
        "i2i-drawing-50",
        "re-encoded, metadata gone",
        write_avif,
        "sources/drawing.png",
        recorded=UNSAID,
    ),
    Result(
        "generated/xmp-t2i.avif",
        "t2i-moon",
        "XMP that says only `trainedAlgorithmicMedia`",
        write_avif_xmp,
        recorded=UNSAID,
    ),
)
SOURCES = {
    "sources/drawing.png": "the maker's own drawing in this example, made by drawing.py",
    "sources/drawing-lines.png": "the same drawing, outlines only, made by drawing.py",
    "sources/undeclared.png": "a picture without a declaration, made by drawing.py",
}


def main() -> None:
    """Write every file of `RESULTS`, then the manifest."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--runs", type=Path, required=True)
    parser.add_argument("--pictures", type=Path, required=True)
    asked = parser.parse_args()
    ran = json.loads((asked.runs / "runs.json").read_text())
    runs = {run["name"]: run | {"steps": ran["steps"], "guidance": ran["guidance"]} for run in ran["runs"]}
    bench = Bench(runs, asked.runs, asked.pictures, (MODEL_NAME, ran["weights_sha256"][:10]))
    (asked.pictures / "generated").mkdir(parents=True, exist_ok=True)
    files = [_entry(bench.pictures, name, what=what, kind="source") for name, what in SOURCES.items()]
    for result in RESULTS:
        run = runs[result.run]
        result.write(bench, run, asked.pictures / result.file)
        files.append(_result_entry(bench.pictures, result, run))
    made_with = {key: value for key, value in ran.items() if key != "runs"}
    manifest = {"made_with": made_with, "files": files}
    text = json.dumps(manifest, indent=2, ensure_ascii=False)
    (asked.pictures / "manifest.json").write_text(text + "\n", encoding="utf-8")


def _parameters(text: str) -> PngInfo:
    info = PngInfo()
    info.add_text("parameters", text)
    return info


def _entry(pictures: Path, name: str, **more: Any) -> dict[str, Any]:
    data = (pictures / name).read_bytes()
    return {"file": name, "sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data), **more}


def _result_entry(pictures: Path, result: Result, run: dict[str, Any]) -> dict[str, Any]:
    truth = {
        "mode": "upscale" if result.second_pass else "t2i" if result.source is None else "i2i",
        "image_input": "no" if result.source is None else "yes",
        "source": result.source,
        "strength": run["second_pass"] if result.second_pass else run["strength"],
    }
    mode, image_input = result.recorded or (truth["mode"], truth["image_input"])
    return _entry(
        pictures,
        result.file,
        what=result.what,
        kind="generated",
        truth=truth,
        recorded={"mode": mode, "image_input": image_input},
        run={key: run[key] for key in ("prompt", "seed", "seconds")},
    )


if __name__ == "__main__":
    main()
