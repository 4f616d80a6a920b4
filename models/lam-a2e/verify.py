"""Holds an exported folder against the network in PyTorch.

    python verify.py data/models/lam-a2e --weights LAM_audio2exp_streaming.tar

A random export is built again from its seed and needs no --weights. Ends with 1 when a difference is larger than the
tolerance of the folder's precision.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import numpy as np
import onnxruntime
import torch

from checkpoint import read_checkpoint
from export import MANIFEST, sha256
from network import FULL, SHORTEST, TINY, WINDOW, Lam, frames_of, identity_of, random_network
from sound import speech

LENGTHS = (SHORTEST, 719, 720, 5333, 16000, WINDOW, 7 * 16000, 132_800)
"""Samples: one feature, two frames from one feature, short chunks, the fixed window, seven seconds, and a length at
which rounding up in floating point, as the original does it, gives a frame more."""
TOLERANCES = {"fp32": 1e-4, "fp16": 1e-2, "int8": 1e-1}
"""Largest difference of any weight (0..1) that is let through, by the precision of the export."""


def network(document: dict, weights: Path | None) -> Lam:
    """The network that a folder was made from."""
    source = document["source"]
    if source["kind"] == "random":
        return random_network(source["seed"], TINY if document["tiny"] else FULL)
    if weights is None:
        raise SystemExit("this folder was made from a checkpoint: name it with --weights")
    if (digest := sha256(weights)) != source["files"][0]["sha256"]:
        raise SystemExit(f"{weights} is not the file this folder was made from: its sha256 is {digest}")
    return read_checkpoint(weights)


def check_files(folder: Path, document: dict) -> None:
    for file in document["files"]:
        path = folder / file["path"]
        if not path.is_file() or path.stat().st_size != file["bytes"] or sha256(path) != file["sha256"]:
            raise SystemExit(f"{path} is not what {MANIFEST} says")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--weights", type=Path, help="the checkpoint it was made from")
    args = parser.parse_args()
    document = json.loads((args.folder / MANIFEST).read_text("utf-8"))
    check_files(args.folder, document)
    net = network(document, args.weights)
    graph = args.folder / document["network"]["file"]
    session = onnxruntime.InferenceSession(graph, providers=["CPUExecutionProvider"])
    tolerance, worst = TOLERANCES[document["precision"]], 0.0
    audio = np.tile(speech(), 3)
    print(f"{document['precision']}: differences of weights between 0 and 1")
    print(f"{'samples':>8} {'frames':>6} {'largest':>9} {'mean':>9}")
    for samples in LENGTHS:
        style = samples % document["network"]["identities"]
        batch = np.stack([audio[:samples], audio[-samples:]])
        identity = identity_of(style, net.size).expand(2, -1)
        with torch.inference_mode():
            expected = net(torch.from_numpy(batch), identity).numpy()
        (got,) = session.run(None, {"audio": batch, "identity": identity.numpy()})
        if got.shape != expected.shape or got.shape[1] != frames_of(samples):
            print(f"{samples:8} gives {got.shape}, and PyTorch {expected.shape}")
            return 1
        difference = np.abs(got - expected)
        worst = max(worst, float(difference.max()))
        print(f"{samples:8} {got.shape[1]:6} {difference.max():9.1e} {difference.mean():9.1e}")
    verdict = "equal" if worst <= tolerance else "NOT equal"
    print(f"{verdict}: largest difference {worst:.1e}, tolerance {tolerance:.0e}")
    return 0 if worst <= tolerance else 1


if __name__ == "__main__":
    sys.exit(main())
