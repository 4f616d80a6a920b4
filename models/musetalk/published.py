"""What the published program computes with the published networks, tensor by tensor: the reference of all checks."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from networks import IMAGE, SCALING, STATES, TOKENS, Networks


@torch.no_grad()
def states(networks: Networks, mel: Tensor) -> Tensor:
    """mel [B, 80, 3000] -> [B, 1500, 5, width]"""
    hidden = networks.whisper(mel, output_hidden_states=True).hidden_states
    assert len(hidden) == STATES
    return torch.stack(hidden, dim=2)


def positions(width: int) -> Tensor:
    """The sinusoids that are added to a frame's tokens, [50, width]: sines at even, cosines at odd places."""
    position = torch.arange(TOKENS, dtype=torch.float32)[:, None]
    rate = torch.exp(torch.arange(0, width, 2).float() * (-math.log(10000.0) / width))
    table = torch.zeros(TOKENS, width)
    table[:, 0::2] = torch.sin(position * rate)
    table[:, 1::2] = torch.cos(position * rate)
    return table


def masked(image: Tensor) -> Tensor:
    """The lower half is black, -1, before it is encoded."""
    image = image.clone()
    image[..., IMAGE // 2 :, :] = -1
    return image


@torch.no_grad()
def latent(networks: Networks, image: Tensor) -> Tensor:
    """image [B, 3, 256, 256] in -1..1 -> [B, 4, 32, 32]. The original samples here; this is the mean, so it repeats."""
    return networks.vae.encode(image).latent_dist.mode() * SCALING


@torch.no_grad()
def predicted(networks: Networks, latents: Tensor, audio: Tensor) -> Tensor:
    """latents [B, 8, 32, 32], tokens with positions [B, 50, width] -> latents of the talking face [B, 4, 32, 32]"""
    return networks.unet(latents, torch.zeros(1, dtype=torch.int64, device=latents.device), audio).sample


@torch.no_grad()
def frames(networks: Networks, latents: Tensor) -> Tensor:
    """latents [B, 4, 32, 32] -> uint8 [B, 256, 256, 3], RGB"""
    image = networks.vae.decode(latents * (1 / SCALING)).sample
    image = (image / 2 + 0.5).clamp(0, 1).float().permute(0, 2, 3, 1)
    return (image * 255).round().to(torch.uint8)


@torch.no_grad()
def classes(networks: Networks, image: Tensor) -> Tensor:
    """image [B, 3, 512, 512], ImageNet-normalised RGB -> uint8 [B, 512, 512]"""
    assert networks.face_parse is not None
    return networks.face_parse(image).argmax(1).to(torch.uint8)
