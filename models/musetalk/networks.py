"""The published networks of MuseTalk 1.5, at the true size or at a tiny one of the same topology.

They are built with the parameter names of their checkpoints and compute what the published program computes; what is
exported from them is in graphs.py. Three come from diffusers and transformers, the face parser is face_parse.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from diffusers import AutoencoderKL, UNet2DConditionModel
from torch import nn
from transformers import WhisperConfig
from transformers.models.whisper.modeling_whisper import WhisperEncoder

from face_parse import BiSeNet

SAMPLE_RATE = 16_000
AUDIO_FPS = 50
"""Rows of encoder states a second."""
MELS, MEL_FRAMES = 80, 3000
STATES = 5
ROWS_PER_FRAME = 10
TOKENS = STATES * ROWS_PER_FRAME
IMAGE, LATENT, LATENT_CHANNELS = 256, 32, 4
PARSE = 512
"""Side of the face parser's input."""
SCALING = 0.18215
"""The latents that the UNet sees are this times what the VAE's encoder says (diffusers' default, which applies)."""


@dataclass(frozen=True)
class Config:
    """Sizes of the four networks."""

    width: int
    """Of a row of encoder states, and of the UNet's audio tokens."""
    whisper: dict[str, Any]
    unet: dict[str, Any]
    vae: dict[str, Any]
    parse_width: int
    """Channels of the face parser's first stage."""
    tiny: bool


FULL = Config(
    width=384,
    whisper={"encoder_layers": 4, "encoder_attention_heads": 6, "encoder_ffn_dim": 1536},
    unet={"block_out_channels": (320, 640, 1280, 1280), "layers_per_block": 2, "attention_head_dim": 8},
    vae={"block_out_channels": (128, 256, 512, 512), "layers_per_block": 2},
    parse_width=64,
    tiny=False,
)
"""whisper-tiny, musetalkV15/musetalk.json, sd-vae-ft-mse, BiSeNet on a ResNet-18."""

TINY = Config(
    width=24,
    whisper={"encoder_layers": 4, "encoder_attention_heads": 2, "encoder_ffn_dim": 48},
    unet={"block_out_channels": (8, 8, 16, 16), "layers_per_block": 1, "attention_head_dim": 2, "norm_num_groups": 4},
    vae={"block_out_channels": (8, 8, 16, 16), "layers_per_block": 1, "norm_num_groups": 4},
    parse_width=2,
    tiny=True,
)
"""For tests: every tensor at the edges has its true shape, but for the width."""


@dataclass
class Networks:
    """The four, in evaluation mode; the face parser is optional."""

    config: Config
    whisper: nn.Module
    vae: nn.Module
    unet: nn.Module
    face_parse: nn.Module | None


def build(config: Config, face_parse: bool = True) -> Networks:
    """Networks whose weights are yet to be set: they are not initialised, which saves a minute at the true size."""
    with _uninitialised():
        parser = BiSeNet(config.parse_width) if face_parse else None
        networks = Networks(config, whisper_encoder(config), vae(config), unet(config), parser)
    for net in (networks.whisper, networks.vae, networks.unet, networks.face_parse):
        if net is not None:
            net.eval().requires_grad_(False)
    return networks


def whisper_encoder(config: Config) -> WhisperEncoder:
    """mel [B, 80, 3000] -> 1500 rows of `width`, 50 a second."""
    return WhisperEncoder(
        WhisperConfig(
            num_mel_bins=MELS, d_model=config.width, max_source_positions=MEL_FRAMES // 2, attn_implementation="eager",
            **config.whisper,
        )
    )


def vae(config: Config) -> AutoencoderKL:
    """Images [B, 3, 256, 256] in -1..1 <-> latents [B, 4, 32, 32]."""
    return AutoencoderKL(
        in_channels=3, out_channels=3, latent_channels=LATENT_CHANNELS, sample_size=IMAGE, scaling_factor=SCALING,
        down_block_types=("DownEncoderBlock2D",) * 4, up_block_types=("UpDecoderBlock2D",) * 4,
        act_fn="silu", **{"norm_num_groups": 32, **config.vae},
    )


def unet(config: Config) -> UNet2DConditionModel:
    """sample [B, 8, 32, 32], timestep 0, tokens [B, 50, width] -> [B, 4, 32, 32].

    `attention_head_dim` is the number of heads: diffusers kept the name for the checkpoints that said it wrongly.
    """
    return UNet2DConditionModel(
        in_channels=2 * LATENT_CHANNELS, out_channels=LATENT_CHANNELS, sample_size=64,
        cross_attention_dim=config.width,
        down_block_types=("CrossAttnDownBlock2D",) * 3 + ("DownBlock2D",),
        up_block_types=("UpBlock2D",) + ("CrossAttnUpBlock2D",) * 3,
        act_fn="silu", norm_eps=1e-5, downsample_padding=1, flip_sin_to_cos=True, freq_shift=0,
        center_input_sample=False, mid_block_scale_factor=1, **{"norm_num_groups": 32, **config.unet},
    )


class _uninitialised:
    """While entered, torch.nn.init leaves what it is given as it is."""

    NAMES = ("kaiming_uniform_", "kaiming_normal_", "xavier_uniform_", "xavier_normal_", "uniform_", "normal_")

    def __enter__(self) -> None:
        self._kept = {name: getattr(nn.init, name) for name in self.NAMES}
        for name in self.NAMES:
            setattr(nn.init, name, lambda tensor, *_, **__: tensor)

    def __exit__(self, *_: object) -> None:
        for name, function in self._kept.items():
            setattr(nn.init, name, function)


def parameters(net: nn.Module) -> int:
    """How many numbers a network learned."""
    return sum(p.numel() for p in net.parameters())
