"""Checkpoint (or seed) -> a model folder that phiz runs: lam-a2e.onnx and model.json.

    python export.py --weights LAM_audio2exp_streaming.tar
    python export.py --random --seed 7 --output /some/folder

The folder appears whole, by a rename, or not at all.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import shutil
import tempfile
from pathlib import Path

import onnx

from arkit import CHANNELS
from checkpoint import CheckpointError, read_checkpoint
from graph import INPUTS, OUTPUTS, write_onnx
from network import FRAME_RATE, FULL, SAMPLE_RATE, TINY, Lam, random_network
from quantize import quantize

ID, GRAPH, MANIFEST = "lam-a2e", "lam-a2e.onnx", "model.json"
HOME = Path(__file__).resolve().parents[2] / "data" / "models" / ID
"""Where phiz looks by default when it runs in its repository."""
PRECISIONS = ("fp32", "fp16", "int8")


def write_model(net: Lam, folder: Path, precision: str, source: dict) -> None:
    """Write the graph and the manifest of a network into an existing folder."""
    graph = folder / GRAPH
    write_onnx(net, graph, half=precision == "fp16")
    if precision == "int8":
        quantize(graph)
    document = manifest(graph, precision, source, tiny=net.size == TINY)
    (folder / MANIFEST).write_text(to_json(document), encoding="utf-8")


def manifest(graph: Path, precision: str, source: dict, tiny: bool) -> dict:
    """What phiz needs to know of the model; checked against the graph's own names."""
    size = TINY if tiny else FULL
    ends = {"identity": [size.identities], "weights": [size.channels]}
    tensors = {
        name: {"name": name, "type": "float32", "shape": [*axes, *ends.get(name, [])], "graph": GRAPH}
        for name, axes in (INPUTS | OUTPUTS).items()
    }
    loaded = onnx.load(str(graph)).graph
    assert [t.name for t in loaded.input] == list(INPUTS) and [t.name for t in loaded.output] == list(OUTPUTS)
    return {
        "id": ID, "version": "1", "license": "Apache-2.0", "host": "thread",
        "title": "LAM-A2E: speech to 52 ARKit weights",
        "precision": precision, "source": source, "tiny": tiny,
        "files": [{"path": GRAPH, "bytes": graph.stat().st_size, "sha256": sha256(graph)}],
        "inputs": [tensors[name] for name in INPUTS],
        "outputs": [tensors[name] for name in OUTPUTS],
        "network": {
            "file": GRAPH, "sampleRate": SAMPLE_RATE, "frameRate": FRAME_RATE,
            "identities": size.identities, "channels": len(CHANNELS),
        },
    }


def to_json(document: dict) -> str:
    """Indented, with the innermost lists on one line."""
    def one_line(found: re.Match[str]) -> str:
        return re.sub(r"\s+", " ", found.group()).replace("[ ", "[").replace(" ]", "]")

    return re.sub(r"\[[^\[\]{}]*\]", one_line, json.dumps(document, indent=2)) + "\n"


def sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 24):
            digest.update(block)
    return digest.hexdigest()


def check_output(folder: Path) -> None:
    """Only an older export of LAM-A2E, damaged or not, or nothing, may be where the new one goes: it is deleted."""
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return
    try:
        found = json.loads((folder / MANIFEST).read_text("utf-8")).get("id")
    except OSError:
        found = None
    except (ValueError, AttributeError):
        found = ID
    if found != ID:
        raise SystemExit(f"{folder} holds something else than {ID}: choose another --output")


def replace_folder(new: Path, folder: Path) -> None:
    """Put a finished folder where an older export may be."""
    new.chmod(0o755)  # a temporary folder is private
    old = new.with_name(new.name + "-old")
    if folder.exists():
        folder.rename(old)
    new.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    origin = parser.add_mutually_exclusive_group(required=True)
    origin.add_argument("--weights", type=Path, help="the published file, packed or unpacked, or a .pth")
    origin.add_argument("--random", action="store_true", help="made-up weights of the true shape, from --seed")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--tiny", action="store_true", help="with --random: the small network of the tests")
    parser.add_argument("--precision", choices=PRECISIONS, default="fp32")
    parser.add_argument("--output", type=Path, default=HOME, help=f"default: data/models/{ID} of the repository")
    args = parser.parse_args()
    if args.tiny and not args.random:
        parser.error("--tiny needs --random: there is no small checkpoint")
    output = args.output.resolve()
    check_output(output)

    if args.random:
        net = random_network(args.seed, TINY if args.tiny else FULL)
        source = {"kind": "random", "seed": args.seed}
    else:
        try:
            net = read_checkpoint(args.weights)
        except CheckpointError as error:
            raise SystemExit(str(error)) from error
        file = {"name": args.weights.name, "sha256": sha256(args.weights)}
        source = {"kind": "checkpoint", "files": [file]}

    output.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{output.name}-", dir=output.parent) as scratch:
        folder = Path(scratch) / "model"
        folder.mkdir()
        write_model(net, folder, args.precision, source)
        replace_folder(folder, output)
    for path in sorted(output.iterdir()):
        print(f"{path}  {path.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
