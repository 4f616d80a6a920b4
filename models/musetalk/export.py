"""MuseTalk 1.5 -> four ONNX graphs and model.json.

    python export.py --weights MuseTalk/models [--precision fp16] [--output data/models/musetalk]
    python export.py --random --seed 7 [--tiny]

--random makes a model of the same architecture that cannot talk, for tests and measurements.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import time
import warnings
from pathlib import Path
from typing import Any

import onnx
import torch
from torch import nn

import checkpoint
from checkpoint import CheckpointError
from graphs import graph_modules
from half import to_half
from manifest import GRAPHS, sha256, tensors, write_manifest
from networks import FULL, TINY, Config, Networks, build
from random_weights import randomise

ID = "musetalk"
OPSET = 17
ONE_FILE_LIMIT = 1_950_000_000
"""Bytes of weights up to which a graph is one file: protobuf ends at 2 GiB."""


def add_source_arguments(parser: argparse.ArgumentParser, required: bool = True) -> None:
    """Where weights come from; shared with verify.py."""
    source = parser.add_mutually_exclusive_group(required=required)
    source.add_argument("--weights", type=Path, metavar="DIR", help="MuseTalk's folder `models`")
    source.add_argument("--random", action="store_true", help="weights from a seed")
    for name in ("unet", "unet-config", "vae", "whisper", "face-parse"):
        parser.add_argument(f"--{name}", type=Path, metavar="FILE", help="instead of the one in --weights")


def sources_of(args: argparse.Namespace) -> checkpoint.Sources:
    """The checkpoints that the arguments name."""
    kinds = ("unet", "unet_config", "vae", "whisper", "face_parse")
    return checkpoint.find_sources(args.weights, **{kind: getattr(args, kind) for kind in kinds})


def make_networks(args: argparse.Namespace) -> tuple[Networks, dict[str, Any]]:
    """The networks with their weights, and the manifest's `source`."""
    if args.random:
        networks = build(TINY if args.tiny else FULL)
        randomise(networks, args.seed)
        return networks, {"kind": "random", "seed": args.seed}
    sources = sources_of(args)
    files = [{"name": path.name, "sha256": sha256(path)} for path in sources.paths()]
    return checkpoint.load(sources), {"kind": "checkpoint", "files": files}


def write_graph(name: str, module: nn.Module, config: Config, precision: str, folder: Path) -> None:
    """Trace one module, in float16 if asked for, into one file or into a file and its weights."""
    inputs, outputs = tensors(config)[name]
    scratch = folder / ".trace"
    scratch.mkdir()
    path = scratch / "graph.onnx"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # constants of the trace, which are meant: only the batch varies
        torch.onnx.export(
            module, tuple(torch.zeros(2, *shape[1:]) for _, shape in inputs.values()), str(path),
            opset_version=OPSET, dynamo=False, input_names=list(inputs), output_names=list(outputs),
            dynamic_axes={tensor: {0: "batch"} for tensor in (*inputs, *outputs)},
        )
    model = onnx.load(str(path))
    shutil.rmtree(scratch)
    drop_identities(model.graph)
    if precision == "fp16" and name != "faceParse":
        to_half(model)
    set_shapes(model, {**inputs, **outputs})
    del model.graph.value_info[:]
    save(model, folder / GRAPHS[name])
    onnx.checker.check_model(str(folder / GRAPHS[name]))


def drop_identities(graph: onnx.GraphProto) -> None:
    """Tracing makes one where two modules hold equal constants; whoever reads it can read the constant."""
    same = {node.output[0]: node.input[0] for node in graph.node if node.op_type == "Identity"}
    kept = [node for node in graph.node if node.op_type != "Identity"]
    for node in kept:
        node.input[:] = [same.get(name, name) for name in node.input]
    del graph.node[:]
    graph.node.extend(kept)


def set_shapes(model: onnx.ModelProto, described: dict[str, tuple]) -> None:
    """Say every dimension of the inputs and outputs: tracing leaves some unnamed."""
    for value in (*model.graph.input, *model.graph.output):
        dims = value.type.tensor_type.shape.dim
        for dim, size in zip(dims, described[value.name][1], strict=True):
            dim.Clear()
            if isinstance(size, str):
                dim.dim_param = size
            else:
                dim.dim_value = size


def save(model: onnx.ModelProto, path: Path) -> None:
    """One file where it fits, else weights beside it."""
    weights = sum(len(i.raw_data) for i in model.graph.initializer)
    if weights <= ONE_FILE_LIMIT:
        onnx.save(model, str(path))
    else:
        data = f"{path.name}.data"
        onnx.save(model, str(path), save_as_external_data=True, all_tensors_to_one_file=True, location=data)


def export(networks: Networks, source: dict[str, Any], precision: str, output: Path) -> None:
    """Build everything in a folder beside the output, then put it in its place. Takes the networks apart."""
    began = time.time()
    partial = output.with_name(f".{output.name}.{os.getpid()}")
    partial.mkdir(parents=True)
    try:
        modules = graph_modules(networks)
        for name, module in modules.items():
            write_graph(name, module, networks.config, precision, partial)
            size = sum(p.stat().st_size for p in partial.glob(f"{GRAPHS[name]}*"))
            print(f"[{time.time() - began:6.1f} s] {GRAPHS[name]}: {size / 1e6:.1f} MB", flush=True)
        write_manifest(partial, networks.config, list(modules), precision, source)
        put(partial, output)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    print(f"[{time.time() - began:6.1f} s] {precision}, written to {output}", flush=True)
    if "faceParse" not in modules:
        print("without a face parser: the mask of a face will come from its mesh", flush=True)


def check_output(folder: Path) -> None:
    """Only an older export of MuseTalk, damaged or not, or nothing, may be where the new one goes: it is deleted."""
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return
    try:
        found = json.loads((folder / "model.json").read_text(encoding="utf-8")).get("id")
    except OSError:
        found = None
    except (ValueError, AttributeError):
        found = ID
    if found != ID:
        raise ValueError(f"{folder} holds something else than {ID}: choose another --output")


def put(made: Path, place: Path) -> None:
    """Rename, with what was there before out of the way until the new one is in place."""
    old = place.with_name(f".{place.name}.{os.getpid()}.old")
    if place.exists():
        place.rename(old)
    made.rename(place)
    shutil.rmtree(old, ignore_errors=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_source_arguments(parser)
    parser.add_argument("--seed", type=int, default=7, help="of --random")
    parser.add_argument("--tiny", action="store_true", help="with --random: the sizes of the tests")
    parser.add_argument("--precision", choices=("fp32", "fp16"), default="fp32", help="of weights and sums")
    parser.add_argument("--output", type=Path, default=Path("data/models/musetalk"))
    arguments = parser.parse_args()
    if arguments.tiny and not arguments.random:
        parser.error("--tiny needs --random: no such checkpoint exists")
    try:
        check_output(arguments.output)
        export(*make_networks(arguments), arguments.precision, arguments.output)
    except (CheckpointError, ValueError) as error:
        sys.exit(str(error))
