"""ComfyUI nodes for a model without weights: a tiny random UNet, a VAE that only scales, an empty conditioning.

Copied into custom_nodes/ by test_comfyui_real.py; it runs inside ComfyUI's process, never in ours.
"""
# mypy: ignore-errors
# ruff: noqa: ANN001, ANN201, ANN206, D102, N802  # the words of ComfyUI, without types there as well

import comfy.model_patcher
import comfy.supported_models
import torch

CONTEXT = 32
UNET = {
    "image_size": 32, "in_channels": 4, "out_channels": 4, "model_channels": 32, "num_res_blocks": [1, 1],
    "channel_mult": [1, 2], "transformer_depth": [1, 1], "transformer_depth_output": [1, 1, 1, 1],
    "transformer_depth_middle": 1, "context_dim": CONTEXT, "num_heads": 2, "use_spatial_transformer": True,
    "legacy": False, "use_linear_in_transformer": False, "adm_in_channels": None, "dtype": torch.float32,
    "use_temporal_attention": False,
}  # fmt: skip


class ToyVae:
    """Eight times smaller and back; four channels."""

    def encode(self, pixels):
        small = torch.nn.functional.avg_pool2d(pixels[..., :3].movedim(-1, 1), 8)
        return torch.cat([small, small.mean(1, keepdim=True)], 1)

    def decode(self, samples):
        large = torch.nn.functional.interpolate(samples[:, :3], scale_factor=8)
        return large.movedim(1, -1).clamp(0, 1)


class ToyModelLoader:
    """Gives model, VAE and conditioning."""

    RETURN_TYPES = ("MODEL", "VAE", "CONDITIONING")
    FUNCTION = "load"
    CATEGORY = "test"

    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {}}

    def load(self):
        torch.manual_seed(0)
        model = comfy.supported_models.SD15(dict(UNET)).get_model({}, "", device="cpu")
        device = torch.device("cpu")
        patcher = comfy.model_patcher.ModelPatcher(model, load_device=device, offload_device=device)
        return patcher, ToyVae(), [[torch.zeros(1, 77, CONTEXT), {}]]


NODE_CLASS_MAPPINGS = {"ToyModelLoader": ToyModelLoader}
