"""The network of LAM-A2E: 16 kHz samples and a speaking style in, 52 ARKit weights at 30 frames a second out.

This is the definition that everything else is held against: a checkpoint is loaded into it, the exported graph is
compared with it, and its speed is the baseline. The speech encoder is made of transformers' Wav2Vec2 blocks; between
its convolutions and its transformer the features (about 50 a second) are resampled to the frames of the face, so that
the transformer runs at 30 a second. The head is ours.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F
from transformers import Wav2Vec2Config
from transformers.models.wav2vec2.modeling_wav2vec2 import (
    Wav2Vec2Encoder,
    Wav2Vec2FeatureEncoder,
    Wav2Vec2FeatureProjection,
)

SAMPLE_RATE, FRAME_RATE = 16000, 30
KERNELS, STRIDES = (10, 3, 3, 3, 3, 2, 2), (5, 2, 2, 2, 2, 2, 2)
"""Of the convolutions of the stem: 320 samples a feature, 400 samples seen by each."""
WINDOW = SAMPLE_RATE * 64 // FRAME_RATE
"""Samples of the fixed window of the original's streaming: 64 frames."""
SHORTEST = 400
"""Fewer samples give no feature."""


@dataclass(frozen=True)
class Size:
    """The sizes of a network; as they stand, those of the published checkpoint."""

    stem: int = 512
    hidden: int = 768
    layers: int = 12
    heads: int = 12
    feed_forward: int = 3072
    head: int = 512
    identities: int = 12
    identity: int = 64
    channels: int = 52

    def encoder(self) -> Wav2Vec2Config:
        """The configuration of transformers' blocks: wav2vec2-base, with these sizes."""
        return Wav2Vec2Config(
            conv_dim=[self.stem] * len(KERNELS), conv_kernel=KERNELS, conv_stride=STRIDES, conv_bias=False,
            feat_extract_norm="group", feat_extract_activation="gelu", hidden_act="gelu",
            hidden_size=self.hidden, num_hidden_layers=self.layers, num_attention_heads=self.heads,
            intermediate_size=self.feed_forward, num_conv_pos_embeddings=128, num_conv_pos_embedding_groups=16,
            do_stable_layer_norm=False, layer_norm_eps=1e-5, attn_implementation="eager",
        )


FULL = Size()
TINY = Size(stem=32, hidden=48, layers=2, heads=4, feed_forward=64, head=24, identity=8)
"""For tests: the same shape of network, 0.1 % of the weights."""


def frames_of(samples: int) -> int:
    """Video frames that so many samples touch: samples * 30 / 16000, rounded up."""
    return (3 * samples + 1599) // 1600


class Block(nn.Module):
    """conv (3 wide) -> LayerNorm over the channels -> [+ residual] -> ReLU, on [batch, channels, frames]."""

    def __init__(self, inputs: int, outputs: int, residual: bool) -> None:
        super().__init__()
        self.residual = residual
        self.conv = nn.Conv1d(inputs, outputs, 3, padding=1)
        self.norm = nn.LayerNorm(outputs)
        self.shortcut = nn.Conv1d(inputs, outputs, 3, padding=1) if residual and inputs != outputs else None

    def forward(self, x: Tensor) -> Tensor:
        y = self.norm(self.conv(x).transpose(1, 2)).transpose(1, 2)
        if self.residual:
            y = y + (x if self.shortcut is None else self.shortcut(x))
        return F.relu(y)


class Lam(nn.Module):
    """
    audio [batch, samples] in -1..1 (not normalised) and a one-hot identity [batch, identities] -> weights
    [batch, frames, channels] in 0..1.
    """

    def __init__(self, size: Size = FULL) -> None:
        super().__init__()
        self.size = size
        config = size.encoder()
        self.stem = Wav2Vec2FeatureEncoder(config)
        self.projection = Wav2Vec2FeatureProjection(config)
        self.encoder = Wav2Vec2Encoder(config)
        self.to_head = nn.Linear(size.hidden, size.head)
        self.identity = nn.Conv1d(size.identities, size.identity, 1)
        first = size.head + size.identity
        self.mix = nn.ModuleList([Block(inputs, size.head, True) for inputs in (first, size.head, size.head)])
        self.refine = nn.ModuleList([Block(size.head, size.head, False) for _ in range(3)])
        self.output = nn.Linear(size.head, size.channels)

    def features(self, audio: Tensor) -> Tensor:
        """[batch, samples] -> stem features [batch, stem, about 50 a second]"""
        return self.stem(audio)

    def encode(self, features: Tensor, frames: int) -> Tensor:
        """Stem features -> [batch, frames, hidden]; first and last frame lie on the first and last feature."""
        resampled = F.interpolate(features, size=frames, align_corners=True, mode="linear").transpose(1, 2)
        return self.encoder(self.projection(resampled)[0]).last_hidden_state

    def face(self, encoded: Tensor, identity: Tensor) -> Tensor:
        """[batch, frames, hidden] and the one-hot identity -> weights [batch, frames, channels]"""
        speech = self.to_head(encoded).transpose(1, 2)
        style = self.identity(identity[:, :, None].expand(-1, -1, speech.shape[2]))
        x = torch.cat([speech, style], 1)
        for block in (*self.mix, *self.refine):
            x = block(x)
        return torch.sigmoid(self.output(x.transpose(1, 2)))

    def forward(self, audio: Tensor, identity: Tensor) -> Tensor:
        return self.face(self.encode(self.features(audio), frames_of(audio.shape[1])), identity)


def random_network(seed: int, size: Size = FULL) -> Lam:
    """
    A network of random weights that behaves like a trained one in what matters to a test: its output follows the
    audio, differs from frame to frame and style to style, and keeps away from 0 and 1. NumPy's generator, not torch's,
    so that a seed means the same everywhere.
    """
    net = Lam(size).eval()
    rng = np.random.default_rng(seed)
    with torch.no_grad():
        for name, weight in net.named_parameters():
            shape = tuple(weight.shape)
            noise = rng.standard_normal(shape, np.float32)
            if name.endswith("original0"):  # the lengths of the positional convolution's kernels
                value = 0.02 * np.sqrt(size.hidden * size.hidden / 16) * (1 + 0.1 * noise)
            elif "norm" in name and name.endswith("weight"):
                value = 1 + 0.1 * noise
            elif name.endswith("bias"):
                value = 0.1 * noise
            else:
                value = noise * np.sqrt(_gain(name) / np.prod(shape[1:]))
            weight.copy_(torch.from_numpy(np.asarray(value, np.float32)))
    return net


def _gain(name: str) -> float:
    """Variance of a layer's output for inputs of variance 1; 2 where half of it is then cut off."""
    return 4.0 if name == "output.weight" else 2.0 if ".conv" in name else 1.0


def identity_of(index: int, size: Size = FULL) -> Tensor:
    """One-hot [1, identities]"""
    return F.one_hot(torch.tensor([index]), size.identities).float()
