"""The network as it is exported: the same weights, arranged for onnxruntime.

Against network.py: the weight norm of the positional convolution is folded, query, key and value are one product with
the scale inside, the number of frames and the resampling are integer arithmetic inside the graph (so one file serves
every length, without a Resize), and for half precision the parts that need it stay in float32.
"""

from __future__ import annotations

import copy
import warnings
from pathlib import Path

import onnx
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from network import WINDOW, Block, Lam, frames_of, identity_of

OPSET = 17
"""The first with LayerNormalization."""
INPUTS, OUTPUTS = {"audio": ["batch", "samples"], "identity": ["batch"]}, {"weights": ["batch", "frames"]}
"""Names of tensors, and of their dynamic axes from the first on."""


class LamGraph(nn.Module):
    """Computes what Lam computes; `half`: weights and most of the arithmetic in float16."""

    def __init__(self, net: Lam, half: bool = False) -> None:
        super().__init__()
        net = copy.deepcopy(net).eval()
        self.type = torch.float16 if half else torch.float32
        self.first, self.rest = net.stem.conv_layers[0], net.stem.conv_layers[1:].to(self.type)
        self.resampled_norm = net.projection.layer_norm
        self.projection = net.projection.projection.to(self.type)
        self.position = nn.Conv1d(*_sizes(net.encoder.pos_conv_embed.conv))
        self.position.weight.data = net.encoder.pos_conv_embed.conv.weight.data.clone()
        self.position.bias.data = net.encoder.pos_conv_embed.conv.bias.data.clone()
        self.position.to(self.type)
        self.position_norm = net.encoder.layer_norm
        self.layers = nn.ModuleList(Layer(layer, self.type) for layer in net.encoder.layers)
        self.to_head, self.identity = net.to_head.to(self.type), net.identity.to(self.type)
        self.blocks = nn.ModuleList([*net.mix, *net.refine])
        for block in self.blocks:
            block.conv.to(self.type)
            if block.shortcut is not None:
                block.shortcut.to(self.type)
        self.output = net.output.to(self.type)

    def forward(self, audio: Tensor, identity: Tensor) -> Tensor:
        x = F.gelu(self._normalised(audio)).to(self.type)
        for layer in self.rest:
            x = layer(x)
        x = resample(x.transpose(1, 2), frames_of(audio.shape[1]))
        x = self.projection(_norm(self.resampled_norm, x))
        half_width = self.position.kernel_size[0] // 2
        position = F.gelu(self.position(F.pad(x.transpose(1, 2), (half_width, half_width - 1))))
        x = _norm(self.position_norm, x + position.transpose(1, 2))
        for layer in self.layers:
            x = layer(x)
        speech = self.to_head(x).transpose(1, 2)
        style = self.identity(identity[:, :, None].to(self.type)).expand(-1, -1, speech.shape[2])
        x = torch.cat([speech, style], 1)
        for block in self.blocks:
            x = _block(block, x)
        return torch.sigmoid(self.output(x.transpose(1, 2)).to(torch.float32))

    def _normalised(self, audio: Tensor) -> Tensor:
        """The first convolution, each channel normalised over the whole time: one InstanceNormalization, in float32."""
        norm = self.first.layer_norm
        return F.instance_norm(self.first.conv(audio[:, None]), weight=norm.weight, bias=norm.bias, eps=norm.eps)


class Layer(nn.Module):
    """A post-norm transformer layer over [batch, frames, hidden]; every frame sees every frame."""

    def __init__(self, layer: nn.Module, dtype: torch.dtype) -> None:
        super().__init__()
        attention = layer.attention
        self.heads, self.width = attention.num_heads, attention.head_dim
        parts, scales = (attention.q_proj, attention.k_proj, attention.v_proj), (attention.scaling, 1, 1)
        self.qkv = nn.Linear(attention.embed_dim, 3 * attention.embed_dim)
        self.qkv.weight.data = torch.cat([part.weight.data * scale for part, scale in zip(parts, scales)])
        self.qkv.bias.data = torch.cat([part.bias.data * scale for part, scale in zip(parts, scales)])
        self.qkv.to(dtype)
        self.out, self.attention_norm = attention.out_proj.to(dtype), layer.layer_norm
        self.widen = layer.feed_forward.intermediate_dense.to(dtype)
        self.narrow = layer.feed_forward.output_dense.to(dtype)
        self.norm = layer.final_layer_norm

    def forward(self, x: Tensor) -> Tensor:
        batch, frames, hidden = x.shape
        parts = self.qkv(x).reshape(batch, frames, 3, self.heads, self.width).permute(2, 0, 3, 1, 4)
        q, k, v = parts.unbind(0)
        seen = torch.softmax(q @ k.transpose(-1, -2), -1) @ v
        x = _norm(self.attention_norm, x + self.out(seen.transpose(1, 2).reshape(batch, frames, hidden)))
        return _norm(self.norm, x + self.narrow(F.gelu(self.widen(x))))


def resample(x: Tensor, frames: int) -> Tensor:
    """
    [batch, length, channels] -> [batch, frames, channels] by straight lines; the first and last frame lie on the first
    and last row. The place of frame t is t * (length - 1) / (frames - 1), split into whole and rest as integers.
    """
    place = torch.arange(frames)
    steps = torch.clamp(place[-1:], min=1)
    place = place * (x.shape[1] - 1)
    below = torch.div(place, steps, rounding_mode="trunc")  # which is one integer division; all is positive
    rest = place - below * steps
    above = below + (rest > 0).to(torch.int64)
    weight = (rest.to(torch.float32) / steps.to(torch.float32)).to(x.dtype)[:, None]
    low, high = torch.index_select(x, 1, below), torch.index_select(x, 1, above)
    return low + (high - low) * weight


def write_onnx(net: Lam, path: Path, half: bool = False) -> None:
    """Write the graph of a network to a file of its own (no external data: it stays below 2 GB)."""
    with torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the exporter's, about itself and about what it does not fold
        torch.onnx.export(
            LamGraph(net, half).eval(), (torch.zeros(1, WINDOW), identity_of(0, net.size)), str(path),
            opset_version=OPSET, dynamo=False, input_names=list(INPUTS), output_names=list(OUTPUTS),
            dynamic_axes={name: dict(enumerate(axes)) for name, axes in (INPUTS | OUTPUTS).items()},
        )
    onnx.checker.check_model(str(path), full_check=True)


def _sizes(conv: nn.Conv1d) -> tuple[int, int, int, int, int, int, int]:
    return conv.in_channels, conv.out_channels, conv.kernel_size[0], 1, 0, 1, conv.groups


def _norm(norm: nn.LayerNorm, x: Tensor) -> Tensor:
    """LayerNorm in float32 whatever the rest is."""
    return norm(x) if x.dtype == torch.float32 else norm(x.to(torch.float32)).to(x.dtype)


def _block(block: Block, x: Tensor) -> Tensor:
    y = _norm(block.norm, block.conv(x).transpose(1, 2)).transpose(1, 2)
    if block.residual:
        y = y + (x if block.shortcut is None else block.shortcut(x))
    return F.relu(y)
