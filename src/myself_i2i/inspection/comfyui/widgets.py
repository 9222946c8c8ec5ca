"""The names of the editor's widget values, which `workflow` lists without names.

Newer editors list every widget among the inputs (`{"widget": {"name": ..}}`); for older files the order of
ComfyUI's own nodes (`nodes.py`, `comfy_extras/`) is written down here.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

__all__ = ["named_widgets"]

CONTROL: Final = "control_after_generate"
_CONTROL_VALUES: Final = frozenset({"fixed", "increment", "decrement", "randomize"})
_SIZE: Final = "width height batch_size"
_SAMPLER: Final = f"seed {CONTROL} steps cfg sampler_name scheduler denoise"

_ORDER: Final[Mapping[str, str]] = MappingProxyType(
    {
        "LoadImage": "image upload",
        "LoadImageMask": "image channel upload",
        "LoadImageOutput": "image refresh upload",
        "LoadLatent": "latent",
        "KSampler": _SAMPLER,
        "KSampler (Efficient)": f"seed {CONTROL} steps cfg sampler_name scheduler denoise preview_method vae_decode",
        "KSamplerAdvanced": f"add_noise noise_seed {CONTROL} steps cfg sampler_name scheduler start_at_step end_at_step"
        " return_with_leftover_noise",
        "SamplerCustom": f"add_noise noise_seed {CONTROL} cfg",
        "BasicScheduler": "scheduler steps denoise",
        "SDTurboScheduler": "steps denoise",
        "KarrasScheduler": "steps sigma_max sigma_min rho",
        "RandomNoise": f"noise_seed {CONTROL}",
        "KSamplerSelect": "sampler_name",
        "SplitSigmas": "step",
        "SplitSigmasDenoise": "denoise",
        "FluxGuidance": "guidance",
        "CFGGuider": "cfg",
        "CLIPTextEncode": "text",
        "CLIPTextEncodeSDXL": "width height crop_w crop_h target_width target_height text_g text_l",
        "CLIPTextEncodeFlux": "clip_l t5xxl guidance",
        "TextEncodeQwenImageEdit": "prompt",
        "TextEncodeQwenImageEditPlus": "prompt",
        "CheckpointLoaderSimple": "ckpt_name",
        "ImageOnlyCheckpointLoader": "ckpt_name",
        "unCLIPCheckpointLoader": "ckpt_name",
        "UNETLoader": "unet_name weight_dtype",
        "UnetLoaderGGUF": "unet_name",
        "DiffusionModelLoaderKJ": "model_name weight_dtype",
        "LoraLoader": "lora_name strength_model strength_clip",
        "LoraLoaderModelOnly": "lora_name strength_model",
        "HypernetworkLoader": "hypernetwork_name strength",
        "ControlNetLoader": "control_net_name",
        "DiffControlNetLoader": "control_net_name",
        "ControlNetApply": "strength",
        "ControlNetApplyAdvanced": "strength start_percent end_percent",
        "ControlNetApplySD3": "strength start_percent end_percent",
        "unCLIPConditioning": "strength noise_augmentation",
        "StyleModelApply": "strength strength_type",
        "IPAdapterApply": "weight noise weight_type start_at end_at unfold_batch",
        "IPAdapter": "weight start_at end_at weight_type",
        "IPAdapterAdvanced": "weight weight_type combine_embeds start_at end_at embeds_scaling",
        "EmptyLatentImage": _SIZE,
        "EmptySD3LatentImage": _SIZE,
        "EmptyHunyuanLatentVideo": "width height length batch_size",
        "StableCascade_EmptyLatentImage": "width height compression batch_size",
        "EmptyImage": "width height batch_size color",
        "LatentUpscale": "upscale_method width height crop",
        "LatentUpscaleBy": "upscale_method scale_by",
        "ImageScale": "upscale_method width height crop",
        "ImageScaleBy": "upscale_method scale_by",
        "ImageScaleToTotalPixels": "upscale_method megapixels",
        "ImagePadForOutpaint": "left top right bottom feathering",
        "ImageCrop": "width height x y",
        "UpscaleModelLoader": "model_name",
        "SetLatentNoiseMask": "",
        "UltimateSDUpscale": f"upscale_by seed {CONTROL} steps cfg sampler_name scheduler denoise mode_type",
        "FaceDetailer": "guide_size guide_size_for max_size seed control_after_generate steps cfg sampler_name scheduler denoise",
        "SeargeOperatingMode": "workflow_mode prompting_mode batch_size",
        "SeargeControlnetAdapterV2": "controlnet_mode controlnet_preprocessor strength low_threshold high_threshold start_percent"
        " end_percent noise_augmentation revision_enhancer",
        "SeargeImage2ImageAndInpainting": "denoise inpaint_mask_blur inpaint_mask_mode",
        "SeargeGenerationParameters": f"seed {CONTROL} image_size_preset image_width image_height steps cfg sampler_preset sampler_name"
        " scheduler base_vs_refiner_ratio",
        "SeargeInput7": "lora_strength operation_mode prompt_style",
        "CR Image Input Switch": "Input",
        "CR Latent Input Switch": "Input",
        "CR Img2Img Process Switch": "Input",
        "ImpactSwitch": "select",
        "Image Input Switch": "boolean",
        "ETN_LoadImageBase64": "image",
        "PrimitiveInt": f"value {CONTROL}",
        "PrimitiveFloat": "value",
        "PrimitiveBoolean": "value",
        "PrimitiveString": "value",
        "ComfySwitchNode": "switch",
        "FluxKontextProImageNode": f"prompt aspect_ratio guidance steps seed {CONTROL} prompt_upsampling",
        "OpenAIGPTImage1": "prompt",
        "OpenAIDalle2": "prompt",
        "OpenAIDalle3": "prompt",
    }
)


def named_widgets(class_type: str, inputs: list[Mapping[str, Any]], values: object) -> dict[str, Any]:
    """Return the widget values by name; values that no source names are kept as "widget_0", "widget_1" ...

    Primitives and images keep working even where names are missing: a loader's first text is what it loads.
    """
    if isinstance(values, dict):
        return {str(key): value for key, value in values.items()}
    if not isinstance(values, list):
        return {}
    names = _from_inputs(inputs, values) or _from_table(class_type, values)
    named = {name: value for name, value in zip(names, values, strict=False) if name != CONTROL}
    for index in range(len(names), len(values)):
        named[f"widget_{index}"] = values[index]
    return named


def _from_inputs(inputs: list[Mapping[str, Any]], values: list[Any]) -> list[str]:
    listed = [entry["widget"].get("name") for entry in inputs if isinstance(entry.get("widget"), dict)]
    names: list[str] = []
    for name in listed:
        if not isinstance(name, str):
            return []
        names.append(name)
        following = values[len(names)] if len(names) < len(values) else None
        if name.endswith("seed") and isinstance(following, str) and _is_control(following):
            names.append(CONTROL)
    return names if len(names) >= len(values) - 1 else []


def _from_table(class_type: str, values: list[Any]) -> list[str]:
    names = _ORDER.get(class_type, "").split()
    if CONTROL in names:
        place = names.index(CONTROL)
        if place < len(values) and not _is_control(values[place]):
            names.remove(CONTROL)  # API exports and very old editors have no such widget
    return names


def _is_control(value: object) -> bool:
    return value is True or (isinstance(value, str) and value in _CONTROL_VALUES)
