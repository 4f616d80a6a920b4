"""Reads the published checkpoint, however it is packed, into the network; refuses whatever does not fit exactly.

The download is a gzip'd tar that holds a file named .tar, which is a torch pickle: a dictionary with a "state_dict"
whose names begin with "module.". Any of the three may be given, and a bare state dict as well. Pickles are read with
torch's restricted reader, which builds tensors and plain values and runs no code.
"""

from __future__ import annotations

import pickle
import re
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from network import FULL, Lam, Size

PREFIXES = {
    "backbone.audio_encoder.feature_extractor.": "stem.",
    "backbone.audio_encoder.feature_projection.": "projection.",
    "backbone.audio_encoder.encoder.": "encoder.",
    "backbone.feature_projection.": "to_head.",
    "backbone.identity_encoder.id_mlp.": "identity.",
    "backbone.identity_encoder.first_net.conv_layers.": "mix.",
    "backbone.decoder.0.": "refine.",
    "backbone.output_proj.": "output.",
}
"""How names of the checkpoint begin -> how ours do; what follows is the same, but for RENAMED."""
RENAMED = {
    "residual_layer.0.": "shortcut.",
    # Torch has renamed the two halves of a weight norm.
    "pos_conv_embed.conv.weight_g": "pos_conv_embed.conv.parametrizations.weight.original0",
    "pos_conv_embed.conv.weight_v": "pos_conv_embed.conv.parametrizations.weight.original1",
}
UNUSED = (
    "backbone.audio_encoder.masked_spec_embed",
    "backbone.audio_encoder.lm_head.",
    "backbone.identity_encoder.grus.",
)
"""In the checkpoint, but not executed when it speaks."""
NESTING = 3
"""Archives inside archives that are opened."""
SHOWN = 8
"""Names that a message lists of each kind of misfit."""


class CheckpointError(Exception):
    """The file is not a checkpoint of this network; the message says what does not fit."""


def read_checkpoint(path: Path, size: Size = FULL) -> Lam:
    """The network with the weights of a file."""
    return load(read_state(path), size)


def read_state(path: Path) -> dict[str, Tensor]:
    """
    The state dict in a torch pickle, which may lie in tars and gzips.

    Raises CheckpointError for a file that is none, or holds several, or needs code to be run.
    """
    if not path.is_file():
        raise CheckpointError(f"{path}: no such file")
    with tempfile.TemporaryDirectory(prefix="lam-a2e-") as scratch:
        content = _unpack(path, Path(scratch), NESTING, str(path))
    if isinstance(content, dict) and "state_dict" in content:
        content = content["state_dict"]
    if not isinstance(content, dict) or not content:
        raise CheckpointError(f'{path} holds no state dict, neither as a whole nor under the name "state_dict"')
    strange = [str(name) for name, value in content.items() if not isinstance(value, Tensor)]
    if strange:
        raise CheckpointError(f"{path} holds no state dict: {_some(strange)} are not tensors")
    return content


def load(state: dict[str, Tensor], size: Size = FULL) -> Lam:
    """
    The network with the weights of a state dict under the checkpoint's own names.

    Raises CheckpointError that lists names that are missing, that are left over, and whose shape is another.
    """
    net = Lam(size)
    wanted = {name: tuple(weight.shape) for name, weight in net.state_dict().items()}
    found: dict[str, Tensor] = {}
    names: dict[str, str] = {}
    left: list[str] = []
    for key, value in state.items():
        key = key.removeprefix("module.")
        name = ours(key)
        if name in wanted and name not in found:
            found[name], names[name] = value, key
        elif not key.startswith(UNUSED):
            left.append(key)
    missing = [theirs(name) for name in wanted if name not in found]
    shapes = [
        f"{names[name]} is {list(value.shape)}, not {list(wanted[name])}"
        for name, value in found.items()
        if tuple(value.shape) != wanted[name]
    ]
    numbers = [names[name] for name, value in found.items() if not value.is_floating_point()]
    problems = {"missing": missing, "not known": left, "of another shape": shapes, "not floats": numbers}
    lines = [f"  {len(items)} {kind}: {_some(items)}" for kind, items in problems.items() if items]
    if lines:
        lines += [f"  {hint}" for hint in _hints(left, state)]
        raise CheckpointError("the weights do not fit the network of LAM-A2E:\n" + "\n".join(lines))
    broken = [names[name] for name, value in found.items() if not bool(torch.isfinite(value).all())]
    if broken:
        raise CheckpointError(f"the weights hold NaN or infinity: {_some(broken)}")
    net.load_state_dict({name: value.float() for name, value in found.items()}, strict=True)
    return net.eval()


def ours(key: str) -> str | None:
    """The name in our network of a name in the checkpoint (without "module."), if it is one that is used."""
    for prefix, own in PREFIXES.items():
        if key.startswith(prefix):
            name = own + key.removeprefix(prefix)
            for old, new in RENAMED.items():
                name = name.replace(old, new)
            return name
    return None


def theirs(name: str) -> str:
    """The name in the checkpoint of a name in our network; of the two for a weight norm, the older."""
    for new, old in ((new, old) for old, new in RENAMED.items()):
        name = name.replace(new, old)
    for prefix, own in PREFIXES.items():
        if name.startswith(own):
            return prefix + name.removeprefix(own)
    raise KeyError(name)


def _unpack(path: Path, scratch: Path, depth: int, label: str) -> object:
    """The content of the pickle, from as many archives as it takes. A pickle of today is a zip, and never a tar."""
    with path.open("rb") as file:
        start = file.read(4)
    if start == b"PK\3\4":
        return _unpickle(path, label)
    if tarfile.is_tarfile(path):
        if depth == 0:
            raise CheckpointError(f"{label}: archives inside archives inside archives; unpack it by hand")
        with _largest_member(path, scratch, label) as (inner, name):
            return _unpack(inner, scratch, depth - 1, f"{label}: {name}")
    if start[:2] == b"\x1f\x8b":
        raise CheckpointError(f"{label} is compressed, but no tar archive; unpack it by hand")
    return _unpickle(path, label)


@contextmanager
def _largest_member(path: Path, scratch: Path, label: str) -> Iterator[tuple[Path, str]]:
    """The one file of an archive that can be a checkpoint, as a temporary file."""
    with tarfile.open(path) as archive:
        members = [m for m in archive if m.isfile() and m.name.endswith((".tar", ".pth", ".pt", ".bin", ".gz"))]
        if len(members) != 1:
            raise CheckpointError(
                f"{label} holds {len(members)} files that could be the checkpoint"
                f" ({_some([m.name for m in members])}); unpack it and name the one"
            )
        source = archive.extractfile(members[0])
        assert source is not None
        inner = scratch / f"{len(list(scratch.iterdir()))}.bin"
        with source, inner.open("wb") as target:
            while block := source.read(1 << 24):
                target.write(block)
    try:
        yield inner, members[0].name
    finally:
        inner.unlink()


def _unpickle(path: Path, label: str) -> object:
    # Numbers of NumPy among the training state ("best so far") are harmless, and usual.
    harmless = [np.dtype, np._core.multiarray.scalar, *(type(np.dtype(t)) for t in ("f4", "f8", "i4", "i8", "bool"))]
    old_name = (np._core.multiarray.scalar, "numpy.core.multiarray.scalar")
    try:
        with torch.serialization.safe_globals([*harmless, old_name]):
            return torch.load(path, map_location="cpu", weights_only=True)
    except (pickle.UnpicklingError, EOFError, OSError, RuntimeError, KeyError, ValueError) as error:
        wanted = re.search(r"GLOBAL (\S+)", str(error))
        reason = f"it wants to run {wanted[1]}" if wanted else "it is damaged, or of another kind"
        raise CheckpointError(f"{label} is not a torch checkpoint that can be read safely: {reason}") from error


def _hints(left: list[str], state: dict[str, Tensor]) -> list[str]:
    if any(".transformer_encoder." in name for name in left):
        return ["It looks like the offline model (with a second transformer); phiz runs the streaming one."]
    if any(name.startswith(("wav2vec2.", "audio_encoder.")) for name in state):
        return ["It looks like a speech encoder alone, without the head of LAM-A2E."]
    return []


def _some(names: list[str]) -> str:
    return ", ".join(names[:SHOWN]) + (f" and {len(names) - SHOWN} more" if len(names) > SHOWN else "") or "none"
