"""Weights from a seed: of no use for faces, but every number moves as it would with trained ones.

Each convolution and matrix keeps the variance of what it is given, so that nothing fades or explodes with depth. The
few layers listed in `_GAINS` are stronger, so that latents and pictures have the spread of real ones and the audio is
seen in the frames.
"""

from __future__ import annotations

import re
import zlib

import torch
from torch import Tensor, nn

from networks import Networks

_AFTER_SILU = 1.7
"""1 / rms of silu(x) for a normal x."""
_GAINS = (
    (r"unet\.conv_out\.weight", _AFTER_SILU),
    (r"vae\.decoder\.conv_out\.weight", 0.35 * _AFTER_SILU),
    (r"vae\.encoder\.conv_out\.weight", 5.5 * _AFTER_SILU),
    (r"unet\..*\.attn2\.to_[qk]\.weight", 2.0),
    (r"unet\..*\.attn2\.to_(v|out\.0)\.weight", 2.0),
    (r"face_parse\..*\.weight", 1.4),
)
"""Parameter -> what its standard deviation is multiplied by; the first that matches."""

_NORMS = (nn.GroupNorm, nn.LayerNorm, nn.BatchNorm2d)


def randomise(networks: Networks, seed: int) -> None:
    """Give every parameter a value that depends on the seed, its name and its shape alone."""
    for kind in ("whisper", "vae", "unet", "face_parse"):
        net = getattr(networks, kind)
        if net is None:
            continue
        norms = {name for name, part in net.named_modules() if isinstance(part, _NORMS)}
        for name, parameter in net.named_parameters():
            if name != "embed_positions.weight":
                _fill(parameter.data, f"{kind}.{name}", seed, name.rpartition(".")[0] in norms)


def random_state(net: nn.Module, seed: int) -> dict[str, Tensor]:
    """A state dict of the shapes of `net`, for tests."""
    generator = torch.Generator().manual_seed(seed)
    return {
        name: torch.randn(value.shape, generator=generator) if value.is_floating_point() else value.clone()
        for name, value in net.state_dict().items()
    }


def _fill(value: Tensor, name: str, seed: int, is_norm: bool) -> None:
    generator = torch.Generator().manual_seed(seed << 32 | zlib.crc32(name.encode()))
    value.normal_(generator=generator)
    if is_norm:
        value.mul_(0.1).add_(1.0 if name.endswith("weight") else 0.0)
    elif name.endswith("bias"):
        value.mul_(0.1)
    else:
        gain = next((g for pattern, g in _GAINS if re.fullmatch(pattern, name)), 1.0)
        value.mul_(gain * value[0].numel() ** -0.5)
