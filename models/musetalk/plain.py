"""The blocks of the networks written out for export: one known picture size, nothing that asks for a shape.

As published they trace into hundreds of operators that only compute shapes, each a stop on the way of a GPU. Here every
shape but the batch is a constant. The parts and their weights are taken from the block that is replaced, and
verify.py holds the whole against the published networks.
"""

from __future__ import annotations

import torch
from diffusers.models.activations import GEGLU
from diffusers.models.attention_processor import Attention
from diffusers.models.resnet import ResnetBlock2D
from diffusers.models.transformers.transformer_2d import Transformer2DModel
from torch import Tensor, nn
from torch.nn import functional as F


def make_plain(module: nn.Module) -> nn.Module:
    """Replace all blocks below `module` that have a plain form, and return it."""
    for name, child in module.named_children():
        make_plain(child)
        plain = _PLAIN.get(type(child))
        if plain is not None:
            setattr(module, name, plain(child))
    return module


def fold_timestep(unet: nn.Module) -> None:
    """Timestep 0 is the only one: add what each block makes of it to the bias before, and drop what made it."""
    embedding = F.silu(unet.time_embedding(unet.time_proj(torch.zeros(1, dtype=torch.int64))))
    for block in unet.modules():
        if isinstance(block, ResnetBlock2D):
            block.conv1.bias.data += block.time_emb_proj(embedding)[0]
            block.time_emb_proj = None


def attend(q: Tensor, k: Tensor, v: Tensor, heads: int) -> Tensor:
    """softmax(q k) v a head, of [B, N, C] and [B, M, C]; the queries come scaled, which keeps q k within float16."""
    q, k, v = (_split(x, heads) for x in (q, k, v))
    y = torch.softmax(q @ k.transpose(2, 3), dim=-1) @ v
    return y.transpose(1, 2).reshape(-1, int(y.shape[2]), heads * int(y.shape[3]))


def _split(x: Tensor, heads: int) -> Tensor:
    tokens, channels = int(x.shape[1]), int(x.shape[2])
    return x.reshape(-1, tokens, heads, channels // heads).transpose(1, 2)


def _tokens(x: Tensor) -> Tensor:
    """[B, C, H, W] -> [B, H W, C]"""
    channels, height, width = (int(n) for n in x.shape[1:])
    return x.reshape(-1, channels, height * width).transpose(1, 2)


def _picture(x: Tensor, like: Tensor) -> Tensor:
    """[B, H W, C] -> [B, C, H, W]"""
    return x.transpose(1, 2).reshape(-1, int(x.shape[2]), int(like.shape[2]), int(like.shape[3]))


class _GroupNorm(nn.Module):
    """As instance normalisation of [B, groups, all that a group holds]."""

    def __init__(self, norm: nn.GroupNorm) -> None:
        super().__init__()
        self.groups, self.eps = norm.num_groups, norm.eps
        self.weight = nn.Parameter(norm.weight.data[:, None, None], requires_grad=False)
        self.bias = nn.Parameter(norm.bias.data[:, None, None], requires_grad=False)
        self.register_buffer("one", torch.ones(norm.num_groups))
        self.register_buffer("zero", torch.zeros(norm.num_groups))

    def forward(self, x: Tensor) -> Tensor:
        channels, height, width = (int(n) for n in x.shape[1:])
        y = x.reshape(-1, self.groups, channels // self.groups * height * width)
        y = F.instance_norm(y, weight=self.one, bias=self.zero, eps=self.eps)
        return y.reshape(-1, channels, height, width) * self.weight + self.bias


class _Resnet(nn.Module):
    """Norm, SiLU, convolution, twice, beside a shortcut."""

    def __init__(self, block: ResnetBlock2D) -> None:
        super().__init__()
        if block.time_emb_proj is not None or block.up or block.down or block.output_scale_factor != 1:
            raise ValueError("this residual block has parts that no block of MuseTalk has")
        self.norm1, self.conv1, self.norm2, self.conv2 = block.norm1, block.conv1, block.norm2, block.conv2
        self.shortcut = block.conv_shortcut

    def forward(self, x: Tensor, temb: None = None) -> Tensor:
        y = self.conv2(F.silu(self.norm2(self.conv1(F.silu(self.norm1(x))))))
        return y + (x if self.shortcut is None else self.shortcut(x))


class _PictureAttention(nn.Module):
    """The attention in the middle of the VAE: over all places, one head, with its norm and its residual."""

    def __init__(self, attention: Attention) -> None:
        super().__init__()
        self.heads, self.scale, self.norm = attention.heads, attention.scale, attention.group_norm
        self.q, self.k, self.v, self.out = attention.to_q, attention.to_k, attention.to_v, attention.to_out[0]

    def forward(self, x: Tensor, temb: None = None) -> Tensor:
        y = _tokens(self.norm(x))
        y = self.out(attend(self.q(y) * self.scale, self.k(y), self.v(y), self.heads))
        return x + _picture(y, x)


class _TokenAttention(nn.Module):
    """Tokens attend to themselves, or to `other`."""

    def __init__(self, attention: Attention) -> None:
        super().__init__()
        self.heads, self.scale = attention.heads, attention.scale
        self.q, self.k, self.v, self.out = attention.to_q, attention.to_k, attention.to_v, attention.to_out[0]

    def forward(self, x: Tensor, other: Tensor | None = None) -> Tensor:
        other = x if other is None else other
        return self.out(attend(self.q(x) * self.scale, self.k(other), self.v(other), self.heads))


class _Geglu(nn.Module):
    """Half of a projection, times the GELU of the other half."""

    def __init__(self, geglu: GEGLU) -> None:
        super().__init__()
        self.proj = geglu.proj

    def forward(self, x: Tensor) -> Tensor:
        value, gate = self.proj(x).split(self.proj.out_features // 2, dim=-1)
        return value * F.gelu(gate)


class _Transformer(nn.Module):
    """A picture's places attend to each other, then to the audio, in one transformer block."""

    def __init__(self, transformer: Transformer2DModel) -> None:
        super().__init__()
        (block,) = transformer.transformer_blocks
        self.norm, self.proj_in, self.proj_out = transformer.norm, transformer.proj_in, transformer.proj_out
        self.norm1, self.norm2, self.norm3, self.ff = block.norm1, block.norm2, block.norm3, block.ff
        self.self_attention, self.audio_attention = block.attn1, block.attn2

    def forward(self, x: Tensor, encoder_hidden_states: Tensor, **_: object) -> tuple[Tensor]:
        y = _tokens(self.proj_in(self.norm(x)))
        y = y + self.self_attention(self.norm1(y))
        y = y + self.audio_attention(self.norm2(y), encoder_hidden_states)
        y = y + self.ff(self.norm3(y))
        return (x + self.proj_out(_picture(y, x)),)


def _attention(attention: Attention) -> nn.Module:
    return _TokenAttention(attention) if attention.group_norm is None else _PictureAttention(attention)


_PLAIN = {
    nn.GroupNorm: _GroupNorm,
    ResnetBlock2D: _Resnet,
    Attention: _attention,
    GEGLU: _Geglu,
    Transformer2DModel: _Transformer,
}
