"""The official files of MuseTalk 1.5 -> the networks, refusing what does not fit.

A folder laid out as MuseTalk's own `models/`:

    musetalkV15/unet.pth  musetalkV15/musetalk.json
    sd-vae/diffusion_pytorch_model.{safetensors,bin}      (or sd-vae-ft-mse/)
    whisper/{model.safetensors,pytorch_model.bin}
    face-parse-bisent/79999_iter.pth                      (optional)
"""

from __future__ import annotations

import json
import pickle
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from networks import FULL, Config, Networks, build, unet

UNET = ("musetalkV15/unet.pth",)
UNET_CONFIG = ("musetalkV15/musetalk.json",)
VAE = tuple(f"{d}/diffusion_pytorch_model.{e}" for d in ("sd-vae", "sd-vae-ft-mse") for e in ("safetensors", "bin"))
WHISPER = ("whisper/model.safetensors", "whisper/pytorch_model.bin")
FACE_PARSE = ("face-parse-bisent/79999_iter.pth",)

_OLD_ATTENTION = {"query": "to_q", "key": "to_k", "value": "to_v", "proj_attn": "to_out.0"}
_SHOWN = 8
"""Keys that a message names of each kind."""


class CheckpointError(Exception):
    """A file is missing, unreadable, or not the checkpoint that it should be."""


@dataclass(frozen=True)
class Sources:
    """Where the checkpoints lie."""

    unet: Path
    unet_config: Path | None
    vae: Path
    whisper: Path
    face_parse: Path | None

    def paths(self) -> list[Path]:
        """All that are there."""
        return [p for p in (self.unet, self.unet_config, self.vae, self.whisper, self.face_parse) if p is not None]


def find_sources(folder: Path, **given: Path | None) -> Sources:
    """The official layout, each path replaced by the one `given` under the names of Sources."""
    needed = {"unet": UNET, "vae": VAE, "whisper": WHISPER}
    optional = {"unet_config": UNET_CONFIG, "face_parse": FACE_PARSE}
    found: dict[str, Path | None] = {}
    for kind, names in {**needed, **optional}.items():
        path = given.get(kind) or next((folder / name for name in names if (folder / name).is_file()), None)
        if path is not None and not path.is_file():
            raise CheckpointError(f"there is no file {path}")
        if path is None and kind in needed:
            raise CheckpointError(f"no {kind} checkpoint in {folder}: expected {' or '.join(names)}")
        found[kind] = path
    return Sources(**found)  # type: ignore[arg-type]


def load(sources: Sources, config: Config = FULL) -> Networks:
    """Networks with the weights of `sources`.

    Raises CheckpointError that names the file and the keys that are missing, left over or of another shape.
    """
    if sources.unet_config is not None:
        check_config(sources.unet_config, config)
    networks = build(config, face_parse=sources.face_parse is not None)
    fit(networks.whisper, whisper_keys(read(sources.whisper)), sources.whisper)
    fit(networks.vae, vae_keys(read(sources.vae)), sources.vae)
    fit(networks.unet, read(sources.unet), sources.unet)
    if networks.face_parse is not None and sources.face_parse is not None:
        fit(networks.face_parse, face_parse_keys(read(sources.face_parse)), sources.face_parse)
    return networks


def read(path: Path) -> dict[str, Tensor]:
    """The tensors of a file; nothing in it is executed."""
    try:
        if path.suffix == ".safetensors":
            return load_file(path)
        state = torch.load(path, map_location="cpu", weights_only=True, mmap=zipfile.is_zipfile(path) or None)
    except (OSError, RuntimeError, ValueError, EOFError, pickle.UnpicklingError) as error:
        raise CheckpointError(f"{path} cannot be read as a checkpoint of tensors: {error}") from error
    except Exception as error:  # safetensors has an exception of its own for a damaged file
        raise CheckpointError(f"{path} is damaged: {error}") from error
    if isinstance(state, dict) and isinstance(state.get("state_dict"), dict):
        state = state["state_dict"]
    if not isinstance(state, dict) or not all(isinstance(value, Tensor) for value in state.values()):
        raise CheckpointError(f"{path} holds something else than named tensors")
    return {key.removeprefix("module."): value for key, value in state.items()}


def vae_keys(state: dict[str, Tensor]) -> dict[str, Tensor]:
    """The published file names the parts of its two attentions as diffusers did before 0.15; both are taken."""
    def renamed(key: str) -> str:
        match = re.fullmatch(r"((?:en|de)coder\.mid_block\.attentions\.0\.)(query|key|value|proj_attn)(\..*)", key)
        return f"{match[1]}{_OLD_ATTENTION[match[2]]}{match[3]}" if match else key

    return {renamed(key): value for key, value in state.items()}


def whisper_keys(state: dict[str, Tensor]) -> dict[str, Tensor]:
    """The encoder of the transformers checkpoint; the decoder is not used."""
    inner = {key.removeprefix("model."): value for key, value in state.items()}
    return {k.removeprefix("encoder."): v for k, v in inner.items() if not k.startswith(("decoder.", "proj_out."))}


def face_parse_keys(state: dict[str, Tensor]) -> dict[str, Tensor]:
    """Without the two heads that only training uses."""
    return {key: value for key, value in state.items() if not key.startswith(("conv_out16.", "conv_out32."))}


def fit(net: nn.Module, state: dict[str, Tensor], path: Path) -> None:
    """Load `state` into `net`, all of it and nothing else; batch counters of a batch norm may be missing."""
    expected = net.state_dict()
    missing = [k for k in expected if k not in state and not k.endswith("num_batches_tracked")]
    extra = [key for key in state if key not in expected]
    shapes = [
        f"{k} is {list(state[k].shape)}, not {list(v.shape)}"
        for k, v in expected.items() if k in state and state[k].shape != v.shape
    ]
    problems = [
        f"  {len(keys)} {what}: {', '.join(keys[:_SHOWN])}{', …' if len(keys) > _SHOWN else ''}"
        for what, keys in (("missing", missing), ("not of this network", extra), ("of another shape", shapes)) if keys
    ]
    if problems:
        raise CheckpointError("\n".join([f"{path} does not fit:", *problems]))
    broken = [k for k, v in state.items() if v.is_floating_point() and not bool(torch.isfinite(v).all())]
    if broken:
        raise CheckpointError(f"{path} holds numbers that are not finite: {', '.join(broken[:_SHOWN])}")
    net.load_state_dict(state, strict=False)


def check_config(path: Path, config: Config) -> None:
    """What musetalk.json says must be what the UNet is built with; fields that only name versions are passed over."""
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise CheckpointError(f"{path} is not JSON: {error}") from error
    with torch.device("meta"):
        built = dict(unet(config).config)
    built["sample_size"] = said.get("sample_size")  # nominal: the network takes any
    for key, value in said.items():
        ours = built.get(key)
        ours = list(ours) if isinstance(ours, tuple) else ours
        if key in built and ours != value:
            raise CheckpointError(f"{path}: {key} is {value!r}, but MuseTalk 1.5 has {ours!r}")
