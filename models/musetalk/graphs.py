"""What is exported: the networks behind the inputs and outputs that the host sees.

The modules take the networks apart that they are given (see plain.py): networks to be run as published are built anew.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from networks import SCALING, Networks
from plain import attend, fold_timestep, make_plain

LEVELS = 255.0


class WhisperStates(nn.Module):
    """mel [B, 80, 3000] -> states [B, 1500, 5, width]: what enters layers 0 to 3, and the normalised end."""

    def __init__(self, encoder: nn.Module) -> None:
        super().__init__()
        self.encoder = encoder

    def forward(self, mel: Tensor) -> Tensor:
        net = self.encoder
        x = F.gelu(net.conv2(F.gelu(net.conv1(mel))))
        x = x.transpose(1, 2) + net.embed_positions.weight
        states = [x]
        for layer in net.layers:
            attention, y = layer.self_attn, layer.self_attn_layer_norm(x)
            q, k, v = attention.q_proj(y) * attention.scaling, attention.k_proj(y), attention.v_proj(y)
            x = x + attention.out_proj(attend(q, k, v, attention.num_heads))
            x = x + layer.fc2(F.gelu(layer.fc1(layer.final_layer_norm(x))))
            states.append(x)
        return torch.stack([*states[:-1], net.layer_norm(x)], dim=2)


class VaeEncoder(nn.Module):
    """image [B, 3, 256, 256] RGB in -1..1 -> latent [B, 4, 32, 32]: the scaled mean, without the noise."""

    def __init__(self, vae: nn.Module) -> None:
        super().__init__()
        self.encoder, self.quant_conv = make_plain(vae.encoder), vae.quant_conv

    def forward(self, image: Tensor) -> Tensor:
        moments = self.quant_conv(self.encoder(image))
        return moments[:, : self.quant_conv.out_channels // 2] * SCALING


class Unet(nn.Module):
    """latents [B, 8, 32, 32], audio [B, 50, width] -> [B, 4, 32, 32], at timestep 0, which is no input any more."""

    def __init__(self, unet: nn.Module) -> None:
        super().__init__()
        fold_timestep(unet)
        make_plain(unet)
        self.conv_in, self.down, self.mid, self.up = unet.conv_in, unet.down_blocks, unet.mid_block, unet.up_blocks
        self.norm, self.conv_out = unet.conv_norm_out, unet.conv_out

    def forward(self, latents: Tensor, audio: Tensor) -> Tensor:
        x = self.conv_in(latents)
        skips = [x]
        for block in self.down:
            x, made = block(x, None, audio) if hasattr(block, "attentions") else block(x, None)
            skips += made
        x = self.mid(x, None, audio)
        for block in self.up:
            at = len(skips) - len(block.resnets)
            taken, skips = tuple(skips[at:]), skips[:at]
            x = block(x, taken, None, audio) if hasattr(block, "attentions") else block(x, taken, None)
        return self.conv_out(F.silu(self.norm(x)))


class ToFrames(nn.Module):
    """image [B, 3, H, W] about -1..1 -> uint8 [B, H, W, 3], rounded half to even as numpy does."""

    def forward(self, image: Tensor) -> Tensor:
        image = (image / 2 + 0.5).clamp(0, 1).permute(0, 2, 3, 1)
        return (image * LEVELS).round().to(torch.uint8)


class UnetVae(nn.Module):
    """latents [B, 8, 32, 32], audio [B, 50, width] -> frames uint8 [B, 256, 256, 3], RGB."""

    def __init__(self, unet: nn.Module, vae: nn.Module) -> None:
        super().__init__()
        self.unet = Unet(unet)
        self.post_quant_conv, self.decoder, self.to_frames = vae.post_quant_conv, make_plain(vae.decoder), ToFrames()

    def forward(self, latents: Tensor, audio: Tensor) -> Tensor:
        predicted = self.unet(latents, audio) * (1 / SCALING)
        return self.to_frames(self.decoder(self.post_quant_conv(predicted)))


class FaceParse(nn.Module):
    """image [B, 3, 512, 512], ImageNet-normalised RGB -> classes uint8 [B, 512, 512]."""

    def __init__(self, net: nn.Module) -> None:
        super().__init__()
        self.net = net

    def forward(self, image: Tensor) -> Tensor:
        return self.net(image).argmax(1).to(torch.uint8)


def graph_modules(networks: Networks) -> dict[str, nn.Module]:
    """By the names of model.json's `network.graphs`."""
    modules = {
        "whisper": WhisperStates(networks.whisper),
        "vaeEncoder": VaeEncoder(networks.vae),
        "unetVae": UnetVae(networks.unet, networks.vae),
    }
    if networks.face_parse is not None:
        modules["faceParse"] = FaceParse(networks.face_parse)
    return {name: module.eval() for name, module in modules.items()}
