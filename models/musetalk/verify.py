"""Hold an exported folder against the published networks in PyTorch, a graph at a time, at batch 1 and 2.

    python verify.py data/models/musetalk --weights MuseTalk/models
    python verify.py RANDOM_MODEL            (a random model is made again from its seed)

Ends with 1 if a tolerance is missed. At the true size it takes about 10 GB and some minutes on two cores.
"""

from __future__ import annotations

import argparse
import gc
import json
import sys
import time
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from torch.nn import functional as F

import published
from checkpoint import CheckpointError, load
from export import add_source_arguments, sources_of
from networks import FULL, IMAGE, MEL_FRAMES, MELS, PARSE, ROWS_PER_FRAME, TINY, TOKENS, Networks, build
from random_weights import randomise

BATCHES = (1, 2)
RELATIVE = {"fp32": 1e-3, "fp16": 1e-2}
"""Of states and latents: the greatest difference over the greatest value."""
LEVELS = {"fp32": (1, 0.01), "fp16": (None, 0.5)}
"""Of frames: the greatest and the mean difference in levels; single pixels of float16 may be far off."""
OTHER_CLASS = 1e-3
"""Share of the face parser's pixels that may differ, where two classes are as good as equal."""

Tensors = dict[str, dict[str, np.ndarray]]


def references(networks: Networks, batch: int) -> tuple[Tensors, Tensors]:
    """Inputs and published outputs of each graph; what one makes is what the next is given."""
    generator = torch.Generator().manual_seed(batch)
    mel = F.interpolate(torch.randn(batch, MELS, MEL_FRAMES // 5, generator=generator), MEL_FRAMES, mode="linear") / 2
    states = _timed("whisper", lambda: published.states(networks, mel))
    image = F.interpolate(torch.randn(batch, 3, 16, 16, generator=generator), (IMAGE, IMAGE), mode="bicubic")
    image = image.clamp(-1, 1)
    latent = _timed("vaeEncoder", lambda: published.latent(networks, image))
    latents = torch.cat([published.latent(networks, published.masked(image)), latent], dim=1)
    tokens = states[:, 40 : 40 + ROWS_PER_FRAME].reshape(batch, TOKENS, -1)
    audio = tokens + published.positions(networks.config.width)
    frames = _timed("unetVae", lambda: published.frames(networks, published.predicted(networks, latents, audio)))
    inputs: Tensors = {
        "whisper": {"mel": mel.numpy()},
        "vaeEncoder": {"image": image.numpy()},
        "unetVae": {"latents": latents.numpy(), "audio": audio.numpy()},
    }
    outputs: Tensors = {
        "whisper": {"states": states.numpy()},
        "vaeEncoder": {"latent": latent.numpy()},
        "unetVae": {"frames": frames.numpy()},
    }
    if networks.face_parse is not None:
        face = F.interpolate(torch.randn(batch, 3, 32, 32, generator=generator), (PARSE, PARSE), mode="bicubic")
        inputs["faceParse"] = {"image": face.numpy()}
        outputs["faceParse"] = {"classes": _timed("faceParse", lambda: published.classes(networks, face)).numpy()}
    return inputs, outputs


def judge(kind: str, precision: str, ours: np.ndarray, reference: np.ndarray) -> tuple[bool, str]:
    """Is it within its tolerance, and by how much."""
    if ours.shape != reference.shape or ours.dtype != reference.dtype:
        return False, f"{ours.dtype} {ours.shape} instead of {reference.dtype} {reference.shape}"
    if kind == "faceParse":
        share = float((ours != reference).mean())
        return share <= OTHER_CLASS, f"{share:.2e} of the pixels differ (at most {OTHER_CLASS:g})"
    difference = np.abs(ours.astype(np.float32) - reference.astype(np.float32))
    if kind == "unetVae":
        greatest, mean = LEVELS[precision]
        good = difference.mean() <= mean and (greatest is None or difference.max() <= greatest) and reference.std() > 0
        limits = f"at most {mean:g}" + (f" and {greatest}" if greatest is not None else "")
        return bool(good), f"mean {difference.mean():.4f}, max {difference.max():.0f} levels ({limits})"
    relative = float(difference.max() / np.abs(reference).max())
    return relative <= RELATIVE[precision], f"max {relative:.2e} of the largest value (at most {RELATIVE[precision]:g})"


def open_session(path: Path) -> onnxruntime.InferenceSession:
    """On all cores, without the arenas that would hold a second copy of the big graph's tensors."""
    options = onnxruntime.SessionOptions()
    options.enable_cpu_mem_arena = False
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(path), options, ["CPUExecutionProvider"])


def verify(folder: Path, args: argparse.Namespace) -> bool:
    """Print a line a check; True if all hold."""
    manifest = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    graphs, precision = manifest["network"]["graphs"], manifest["precision"]
    if manifest["source"]["kind"] == "random":
        networks = build(TINY if manifest["tiny"] else FULL, face_parse="faceParse" in graphs)
        randomise(networks, manifest["source"]["seed"])
    elif args.weights is None:
        raise CheckpointError(f"{folder} was made from checkpoints: give them by --weights")
    else:
        networks = load(sources_of(args))
    expected = {batch: references(networks, batch) for batch in BATCHES}
    del networks
    gc.collect()
    good = True
    for kind, file in graphs.items():
        session = open_session(folder / file)
        for batch, (inputs, outputs) in expected.items():
            (reference,) = outputs[kind].values()
            (ours,) = _timed(f"onnxruntime {kind}", lambda: session.run(list(outputs[kind]), inputs[kind]))
            fits, said = judge(kind, precision, ours, reference)
            good &= fits
            print(f"{'ok    ' if fits else 'WRONG '} {file} batch {batch}: {said}", flush=True)
        del session
        gc.collect()
    return good


def _timed(what: str, run):  # noqa: ANN001, ANN202
    began = time.perf_counter()
    result = run()
    print(f"       {what}: {time.perf_counter() - began:.2f} s", flush=True)
    return result


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    add_source_arguments(parser, required=False)
    arguments = parser.parse_args()
    try:
        sys.exit(0 if verify(arguments.folder, arguments) else 1)
    except CheckpointError as error:
        sys.exit(str(error))
