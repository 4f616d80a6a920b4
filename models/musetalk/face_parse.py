"""BiSeNet on a ResNet-18, as the face parser 79999_iter.pth was trained: 19 classes, the two training heads left out.

The names of the modules are those of the checkpoint's keys.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

CLASSES = 19
"""0 background, 1 skin, 2/3 brows, 4/5 eyes, 6 glasses, 7/8 ears, 9 earring, 10 nose, 11 mouth, 12/13 lips, 14 neck,
15 necklace, 16 cloth, 17 hair, 18 hat."""


class ConvBnRelu(nn.Module):
    """A convolution without bias, its batch norm, and ReLU."""

    def __init__(self, inputs: int, outputs: int, kernel: int = 3) -> None:
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, kernel, padding=kernel // 2, bias=False)
        self.bn = nn.BatchNorm2d(outputs)

    def forward(self, x: Tensor) -> Tensor:
        return torch.relu(self.bn(self.conv(x)))


class Residual(nn.Module):
    """The basic block of ResNet-18."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.downsample = None
        if stride != 1 or inputs != outputs:
            self.downsample = nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x: Tensor) -> Tensor:
        y = self.bn2(self.conv2(torch.relu(self.bn1(self.conv1(x)))))
        return torch.relu(y + (x if self.downsample is None else self.downsample(x)))


class Resnet18(nn.Module):
    """x -> features at 1/8, 1/16 and 1/32."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, width, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        for k, (inputs, outputs) in enumerate([(1, 1), (1, 2), (2, 4), (4, 8)], start=1):
            first = Residual(inputs * width, outputs * width, 1 if k == 1 else 2)
            setattr(self, f"layer{k}", nn.Sequential(first, Residual(outputs * width, outputs * width, 1)))

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        x = F.max_pool2d(torch.relu(self.bn1(self.conv1(x))), 3, 2, 1)
        eighth = self.layer2(self.layer1(x))
        sixteenth = self.layer3(eighth)
        return eighth, sixteenth, self.layer4(sixteenth)


class Refinement(nn.Module):
    """Features weighted a channel by what the whole picture says."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.conv = ConvBnRelu(inputs, outputs)
        self.conv_atten = nn.Conv2d(outputs, outputs, 1, bias=False)
        self.bn_atten = nn.BatchNorm2d(outputs)

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv(x)
        return x * torch.sigmoid(self.bn_atten(self.conv_atten(_mean(x))))


class ContextPath(nn.Module):
    """The backbone, and what its coarse features add to those at 1/8."""

    def __init__(self, width: int) -> None:
        super().__init__()
        inner = 2 * width
        self.resnet = Resnet18(width)
        self.arm16 = Refinement(4 * width, inner)
        self.arm32 = Refinement(8 * width, inner)
        self.conv_head32 = ConvBnRelu(inner, inner)
        self.conv_head16 = ConvBnRelu(inner, inner)
        self.conv_avg = ConvBnRelu(8 * width, inner, 1)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        eighth, sixteenth, thirtysecond = self.resnet(x)
        coarse = self.arm32(thirtysecond) + self.conv_avg(_mean(thirtysecond))
        coarse = self.conv_head32(_double(coarse))
        return eighth, self.conv_head16(_double(self.arm16(sixteenth) + coarse))


class Fusion(nn.Module):
    """Fine and coarse features in one, weighted a channel."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.convblk = ConvBnRelu(width, width, 1)
        self.conv1 = nn.Conv2d(width, width // 4, 1, bias=False)
        self.conv2 = nn.Conv2d(width // 4, width, 1, bias=False)

    def forward(self, fine: Tensor, coarse: Tensor) -> Tensor:
        x = self.convblk(torch.cat([fine, coarse], dim=1))
        return x + x * torch.sigmoid(self.conv2(torch.relu(self.conv1(_mean(x)))))


class Head(nn.Module):
    """Features -> a score a class."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.conv = ConvBnRelu(width, width)
        self.conv_out = nn.Conv2d(width, CLASSES, 1, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        return self.conv_out(self.conv(x))


class BiSeNet(nn.Module):
    """image [B, 3, H, W], ImageNet-normalised RGB, H and W multiples of 32 -> scores [B, 19, H, W]."""

    def __init__(self, width: int = 64) -> None:
        super().__init__()
        self.cp = ContextPath(width)
        self.ffm = Fusion(4 * width)
        self.conv_out = Head(4 * width)

    def forward(self, x: Tensor) -> Tensor:
        scores = self.conv_out(self.ffm(*self.cp(x)))
        return F.interpolate(scores, scale_factor=8, mode="bilinear", align_corners=True)


def _mean(x: Tensor) -> Tensor:
    return x.mean((2, 3), keepdim=True)


def _double(x: Tensor) -> Tensor:
    return F.interpolate(x, scale_factor=2, mode="nearest")
