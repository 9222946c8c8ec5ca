"""What node classes mean: tables of patterns, from ComfyUI's own nodes and the common packs (as of 2026).

Order matters in every table: the first pattern that fits decides. Patterns match anywhere in the class name, case
ignored, so that `ControlNetApplyAdvanced` and a pack's `Foo Apply ControlNet` fall under one line.
"""

from __future__ import annotations

import functools
import re
from typing import Final

from myself_i2i.inspection.comfyui.kinds import Kind

__all__ = [
    "hint",
    "is_api_node",
    "is_constant_source",
    "is_output",
    "is_preview",
    "is_sampler",
    "rule",
]


def _compile(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_IMAGE_INPUT = (
    r"image|pixels|img|latent|samples|picture|photo|frame|video|hint|source|ref|face|sketch|embed|vision_out"
)

_RULES: Final = tuple(
    (_compile(node), _compile(name), kind)
    for node, name, kind in (
        # The picture is enlarged or restored: tiles, or a model made for it.
        (r"UltimateSDUpscale|SUPIR|SeedVR|StableSR|CCSR|AuraSR|Topaz|FlashVSR|InvSR|DiffBIR|LDSR", _IMAGE_INPUT, Kind.ENLARGE),
        (r"(Stability|Recraft|Magnific|WaveSpeed|Clarity|Freepik|Kling).*(Upscal|Enhanc)", _IMAGE_INPUT, Kind.ENLARGE),
        (r"Iterative\w*Upscale|Upscale.*(Sampler|Tiled)|TiledUpscale|MakeTileSEGS", _IMAGE_INPUT, Kind.ENLARGE),
        # A film between stills, whatever else its class name says.
        (r"FunInpaintToVideo|FirstLastFrame|WanImageToVideo|Wan\w*ToVideo(?<!Vace)", r"^(start|end|first|last)|^image|vision_out", Kind.INIT),
        # Canvas made larger, the new part drawn.
        (r"Pad\w*Outpaint|Outpaint|FluxProExpand|ImageExpand.*(API|Node)|ExtendFor", r"image|pixels|img", Kind.OUTPAINT),
        # Control maps. `InpaintPreprocessor` is one of these: it feeds a ControlNet.
        (r"ControlNetInpaint", r"image|pixels", Kind.INPAINT),
        ((r"Control-?\s?Net|Controlnet|\bACN_|ControlLoRA|ControlLLLite|LLLite|T2I.?Adapter|QwenImageDiffsynth|ModelPatch.*Control"
         r"|Fun.?Control|FunInpaint.*control|ZImageFun|UnionControl|CtrlX|OminiControl|CosmosTransfer"), _IMAGE_INPUT, Kind.CONTROL),
        (r"FluxPro\w*(Canny|Depth)|Stability\w*(Sketch|Structure)|VaceToVideo|WanVace", r"control|image|sketch|video", Kind.CONTROL),
        (r"GLIGEN\w*Image|TTPlanet|Scribble.*Node.*API", _IMAGE_INPUT, Kind.CONTROL),
        # Looks, faces, styles.
        (r"StyleModel|Redux|USOStyle|StyleTransfer|StyleAligned|VisualStyle|StyleFidelity", r"image|vision|ref|latent|style", Kind.STYLE),
        ((r"IP.?Adapter|InstantID|PuLID|PhotoMaker|unCLIP|CLIPVisionEncode|ReVision|InfiniteYou|EcomID|ConsistentID|FaceID"
         r"|Zero123|SV3D|SVD_img2vid|Reference.?Only|Phantom|DreamO|\bUNO\b|IDAdapter|Arc2Face|Portrait.?Master.*image|StoryMaker"
         r"|FlashFace|InstantX|MagicPerson|ACE.?Plus|LumaReference|LumaConcept|HyperLora|BLIPDiffusion"), _IMAGE_INPUT, Kind.REFERENCE),
        (r"ReActor|FaceSwap|Swap.?Face|FaceFusion", r"source|face_?(image|model)|reference", Kind.REFERENCE),
        (r"LumaImageNode|Runway\w*Text|IdeogramV3|KlingImageGeneration|FluxPro\w*Ultra|Midjourney|ViduReference|MinimaxSubject",
         r"ref|style|character|image_prompt|image|subject", Kind.REFERENCE),
        # Edit models: the picture stands beside the instruction.
        ((r"ReferenceLatent|QwenImageEdit|Qwen.?Image.?Edit|InstructPix|Kontext|OmniGen|HiDream.?E1|ImageEdit|EditImage|ICEdit|Step1X"
         r"|SeedEdit|Seedream|NanoBanana|Nano.?Banana|GPT.?Image|DallE?\s?2|Dalle2|Gemini\w*Image|ImageModify|ReplaceBackground"
         r"|Recraft\w*RemoveBackground|IC.?Light|LayeredDiffusion(Diff|Cond)|Bagel|Flux2\w*(Pro|Max|Image)|ChronoEdit|LongCat.*Edit|Grok.*Image"
         r"|Reve.*(Edit|Remix)"), r"image|pixels|img|latent|foreground|background|samples|picture|video|ref|input_", Kind.EDIT),
        # A part is redrawn under a mask.
        ((r"VAEEncodeForInpaint|Inpaint|InPaint|BrushNet|PowerPaint|SetLatentNoiseMask|FluxProFill|FluxFill|LanPaint|MaskedSampler"
         r"|Masked.?Fill|ImageErase|SearchAndReplace|Lama.?Remov|BlendInpaint|CropAndStitch"), r"image|pixels|img|latent|samples|stitch|original|cropped", Kind.INPAINT),
        # A film that starts from a still, and the services' plain image-to-image.
        ((r"ImageToVideo|img2vid|ImgToVideo|Image.?To.?Video|I2V|Animate(?!Diff)|FirstLastFrame|StartEnd|S2V|HuMo|LivePortrait"
         r"|ImageToImage|Image2Image|Img2Img|StabilityStableImage"), r"image|start|end|first|last|frame|video|img|samples|latent|pixels|vision_out", Kind.INIT),
    )
)  # fmt: skip

_GUIDE_HINTS: Final = tuple(
    (_compile(pattern), kind)
    for pattern, kind in (
        (r"inpaint|fill\b", Kind.INPAINT),
        (r"control|canny|depth|pose|lineart|scribble|softedge|normal.?map|hint|tile", Kind.CONTROL),
        (r"style", Kind.STYLE),
        (r"adapter|face|refer|ident|vision|portrait|character|subject|lookalike|embed", Kind.REFERENCE),
        (r"edit|instruct|kontext", Kind.EDIT),
        (r"img2img|image2image|i2i|init", Kind.INIT),
    )
)
"""For a node no rule names, whose class name still says what it does to the conditioning."""

_SAMPLER: Final = _compile(
    r"k?sampler|detailer|UltimateSDUpscale|SUPIR_sample|Iterative\w*Upscale|StableCascade.*Sample|Searge.*Sampl"
    r"|DiffusersPipeline|Pipeline.*(Sampl|Infer|Generat)|(Sampl|Infer|Generat)\w*Pipeline|_?Generate(Image|Video)?$"
)
_NOT_SAMPLER: Final = _compile(
    r"select|provider|scheduler|sampler_?settings|KSAMPLER_?ADV?_?(SET|NAME)|sampler.?(name|param|config|option)"
    r"|combo|ModelSampling|hook|(to|from|edit)_?detailer|DetailerPipeTo|resampler|^sampler[A-Z_]\w*(?<!custom)(?<!advanced)$"
    r"|upsampler|preview|guider|save|info|text|string|seed|Parameters"
)
_SURE_SAMPLER: Final = _compile(
    r"^(KSampler|SamplerCustom|SeargeMagicBox|SeargeSDXL\w*Sampl|WanVideoSampler|HyVideoSampler|ttN .*sampler|easy .*sampler)"
)

_API_NODES: Final = _compile(
    r"^(OpenAI|Flux(Pro(?!mpt)|Kontext(Pro|Max))|Flux2(Pro|Max|Image|Flex)|Luma(Image|Video|Photon)|Runway|Stability|Gemini|GoogleGemini"
    r"|NanoBanana|Recraft|Ideogram|Kling|Minimax|MiniMax|Pika|Pixverse|PixVerse|Vidu|Moonvalley|ByteDance|Seedream|SeedEdit|Veo"
    r"|Wan\w*Api|Sora\d?|Grok|Ltxv?Api|BriaImage|Hitpaw|Magnific|Topaz|Reve(Image|Text)|Midjourney|Dall)"
    r"|API.?Node|_fal$|_api$|\(API\)"
)

_SYNTHETIC: Final = _compile(
    r"empty|solid|nois[ey]|gradient|perlin|checker"
    r"|EmptyLatent|Latent.?Size|Size.?Picker|Aspect.?Ratio|draw.?(text|shape)|CreateShape|Create.*Mask|Text.?(to|on|overlay).?Image"
    r"|Color.?(Fill|Image|Panel)|Blank|SimpleText|QR.?Code|Palette|Rect.*Mask|Circle.*Mask|Resolution|Constant|StageC_Empty"
    r"|StableCascade_Empty|Efficient.?Loader|Eff\.? Loader|a1111Loader|fullLoader|comfyLoader|fluxLoader|hunyuanDiT|CheckpointLoader"
    r"|pipeLoader|^(ttN|easy) \w*Loader|Checkpoint|UNET|Unet|Primitive|SDXL.*Loader|Seed|Ratio|Concept"
)

_SAVE: Final = _compile(
    r"^save|save.?(image|img|webp|png|jpe?g|anim|video|webm|gif|picture)|image.?(save|saver)|\bsaver\b|imageSave|VideoCombine"
    r"|CreateWebP|Pipeline.?Terminator|send.?image|image.?(send|output|return|export)|output.?image|SaveImage|ETN_Send"
    r"|websocket|ImageAndMaskPreview|S3.*Save|Upload.*(Image|S3)"
)
_PREVIEW: Final = _compile(
    r"preview|display|viewer|show.?image|compar|Image.?Chooser|PreviewBridge|image.?feed|ShowImages"
)
_NOT_SAVE: Final = _compile(
    r"save.?(latent|text|lora|model|checkpoint|clip|vae|audio|mask.?to.?clip|json|string|prompt|caption)|ModelSave|CheckpointSave|LoraSave|preview.?(text|any$)|display.?(text|any|string|number|int|float)|Show.?Text"
)


@functools.lru_cache(maxsize=4096)
def rule(class_type: str, name: str) -> Kind | None:
    """Return what a picture coming in at this input is used for, or None when the node only passes it on."""
    for node, inputs, kind in _RULES:
        if node.search(class_type[:120]) and inputs.search(name[:80]):
            return kind
    return None


@functools.lru_cache(maxsize=2048)
def hint(class_type: str) -> Kind | None:
    """Return what the class name suggests for a picture that reaches the conditioning without a rule."""
    for pattern, kind in _GUIDE_HINTS:
        if pattern.search(class_type[:120]):
            return kind
    return None


@functools.lru_cache(maxsize=2048)
def is_sampler(class_type: str) -> bool:
    """Whether the class denoises: its latent or image input is what the picture starts from."""
    short = class_type[:120]
    if _SURE_SAMPLER.search(short) and not short.startswith(("KSamplerSelect", "SamplerCustomNoise")):
        return True
    return bool(_SAMPLER.search(short)) and not _NOT_SAMPLER.search(short)


@functools.lru_cache(maxsize=2048)
def is_api_node(class_type: str) -> bool:
    """Whether the class asks a service for a picture (ComfyUI's partner nodes and their like)."""
    return bool(_API_NODES.search(class_type[:120]))


@functools.lru_cache(maxsize=2048)
def is_constant_source(class_type: str) -> bool:
    """Whether a node without picture inputs makes its picture from nothing: empty latents, colours, drawn text."""
    return bool(_SYNTHETIC.search(class_type[:120]))


@functools.lru_cache(maxsize=2048)
def is_output(class_type: str) -> bool:
    """Whether the class writes or shows pictures."""
    short = class_type[:120]
    return bool(_SAVE.search(short) or _PREVIEW.search(short)) and not _NOT_SAVE.search(short)


@functools.lru_cache(maxsize=2048)
def is_preview(class_type: str) -> bool:
    """Whether the class shows pictures rather than saving them for good."""
    return bool(_PREVIEW.search(class_type[:120])) and not _SAVE.search(class_type[:120])
