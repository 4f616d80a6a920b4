"""The network: log-mel frames in, viseme channels out, its whole past in one state tensor.

A stack of causal dilated convolutions. "Causal" is meant of the graph: output t uses inputs <= t. The look-ahead is
in the training targets, which are LOOKAHEAD frames late: output t is the face of frame t - LOOKAHEAD. A last
convolution, "hindsight", reads the features of 4 and 2 frames ago beside the newest ones; it begins as a pure delay.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from features import MELS
from targets import CHANNELS

LOOKAHEAD = 12
"""Frames of 10 ms between an input frame and the output that belongs to it."""
WIDTH = 128
FIRST_KERNEL = 5
KERNEL = 3
DILATIONS = (1, 2, 4, 8, 16, 32)
HINDSIGHT_DILATION = 2


class CausalConv(nn.Module):
    """A dilated convolution that is given the `past` frames before its input and returns those of the next one."""

    def __init__(self, inputs: int, outputs: int, kernel: int, dilation: int = 1) -> None:
        super().__init__()
        self.conv = nn.Conv1d(inputs, outputs, kernel, dilation=dilation)
        self.inputs = inputs
        self.past = (kernel - 1) * dilation

    @property
    def state_size(self) -> int:
        return self.inputs * self.past

    def forward(self, x: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        """x [B, inputs, T], state [B, state_size] -> y [B, outputs, T], next state."""
        x = torch.cat([state.reshape(-1, self.inputs, self.past), x], dim=2)
        return self.conv(x), x[:, :, -self.past :].flatten(1)


class Block(nn.Module):
    """Residual: dilated convolution, ReLU, pointwise convolution."""

    def __init__(self, width: int, dilation: int) -> None:
        super().__init__()
        self.reach = CausalConv(width, width, KERNEL, dilation)
        self.mix = nn.Conv1d(width, width, 1)

    def forward(self, x: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        y, state = self.reach(x, state)
        return torch.relu(x + self.mix(torch.relu(y))), state


class Visemes(nn.Module):
    """mel [B, 40, T], state [B, STATE] -> weights [B, channels, T], the next state; the first state is zeros."""

    def __init__(self, width: int = WIDTH) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(MELS, 1))
        self.register_buffer("scale", torch.ones(MELS, 1))
        self.register_buffer("gain", torch.ones(len(CHANNELS), 1))
        self.register_buffer("offset", torch.zeros(len(CHANNELS), 1))
        self.first = CausalConv(MELS, width, FIRST_KERNEL)
        self.blocks = nn.ModuleList(Block(width, d) for d in DILATIONS)
        self.hindsight = CausalConv(width, width, KERNEL, HINDSIGHT_DILATION)
        nn.init.zeros_(self.hindsight.conv.weight)
        nn.init.zeros_(self.hindsight.conv.bias)
        nn.init.eye_(self.hindsight.conv.weight.data[:, :, 0])
        self.last = nn.Conv1d(width, len(CHANNELS), 1)

    @property
    def state_sizes(self) -> list[int]:
        return [self.first.state_size, *(b.reach.state_size for b in self.blocks), self.hindsight.state_size]

    def initial_state(self, batch: int = 1) -> Tensor:
        return torch.zeros(batch, sum(self.state_sizes))

    def raw(self, mel: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        """What is trained: before the calibration and the limits."""
        states = state.split(self.state_sizes, dim=1)
        x, s = self.first((mel - self.mean) * self.scale, states[0])
        out = [s]
        x = torch.relu(x)
        for block, before in zip(self.blocks, states[1:]):
            x, s = block(x, before)
            out.append(s)
        x, s = self.hindsight(x, states[-1])
        out.append(s)
        x = torch.relu(x)
        return self.last(x), torch.cat(out, dim=1)

    def forward(self, mel: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        y, state = self.raw(mel, state)
        return (y * self.gain + self.offset).clamp(0, 1), state

    def grow_from(self, smaller: dict[str, Tensor]) -> None:
        """Take the weights of a narrower network, or of one without hindsight (its answers then come 4 frames later).

        The channels that it lacks start at random, and nothing that it has listens to them yet.
        """
        own = self.state_dict()
        for name, old in smaller.items():
            new = own[name]
            if new.dim() > 1:
                new[: old.shape[0], old.shape[1] :] = 0
            new[tuple(slice(n) for n in old.shape)] = old
        self.load_state_dict(own)
