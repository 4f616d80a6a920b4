"""Frames a second of UNet and VAE decoder: the published program's in PyTorch and, given a folder, ours beside it.

    python benchmark.py --batches 1,4,8,16 [--model data/models/musetalk]     (float16 on a GPU, float32 without)
    python benchmark.py --tiny --batches 1,2 --seconds 1                      (does it run?)

    python benchmark.py --turns                                               (beside phiz's own bench)

Prints one JSON object; with --turns, "ready" and what it runs on, and then, for every line on stdin, which is the size
of a batch, the milliseconds of one run of the published program. The weights are random, which changes no time. Turns alternate, so that both sides share what
else the machine does. A run is what the published loop does a batch: tokens and latents to the device, positions
added, UNet at timestep 0, decoder, pixels to the host and to uint8; for onnxruntime the same with the merged graph.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnxruntime
import torch

import published
from graphs import LEVELS
from networks import FULL, LATENT, LATENT_CHANNELS, SCALING, TINY, TOKENS, Config, Networks, build
from random_weights import randomise

SEED = 7
LEAST_RUNS = 3

Run = Callable[[np.ndarray, np.ndarray], np.ndarray]
"""latents [B, 8, 32, 32] and tokens [B, 50, width] without positions, float32 -> frames uint8 [B, 256, 256, 3]"""


def published_run(networks: Networks, device: str, half: bool) -> Run:
    """The published loop's step, in the precision of its realtime program or in float32."""
    kind = torch.float16 if half else torch.float32
    networks.unet.to(device, kind)
    networks.vae.to(device, kind)
    positions = published.positions(networks.config.width).to(device, kind)
    timestep = torch.zeros(1, dtype=torch.int64, device=device)

    @torch.no_grad()
    def run(latents: np.ndarray, tokens: np.ndarray) -> np.ndarray:
        audio = torch.from_numpy(tokens).to(device, kind) + positions
        predicted = networks.unet(torch.from_numpy(latents).to(device, kind), timestep, audio).sample
        image = networks.vae.decode(predicted * (1 / SCALING)).sample
        image = (image / 2 + 0.5).clamp(0, 1).cpu().permute(0, 2, 3, 1).float().numpy()
        return (image * LEVELS).round().astype(np.uint8)

    return run


def exported_run(folder: Path, device: str) -> tuple[Run, dict]:
    """The same by the merged graph of an exported folder."""
    manifest = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    wanted = ["CUDAExecutionProvider", "CPUExecutionProvider"] if device == "cuda" else ["CPUExecutionProvider"]
    providers = [name for name in wanted if name in onnxruntime.get_available_providers()]
    session = onnxruntime.InferenceSession(str(folder / manifest["network"]["graphs"]["unetVae"]), providers=providers)
    positions = published.positions(manifest["network"]["width"]).numpy()

    def run(latents: np.ndarray, tokens: np.ndarray) -> np.ndarray:
        return session.run(["frames"], {"latents": latents, "audio": tokens + positions})[0]

    return run, {"provider": session.get_providers()[0], "precision": manifest["precision"]}


def inputs(config: Config, batch: int) -> tuple[np.ndarray, np.ndarray]:
    """Normal numbers in the place of latents and tokens."""
    rng = np.random.default_rng(batch)
    latents = rng.standard_normal((batch, 2 * LATENT_CHANNELS, LATENT, LATENT), np.float32)
    return latents, rng.standard_normal((batch, TOKENS, config.width), np.float32)


def measure(runs: dict[str, Run], config: Config, batch: int, seconds: float) -> dict[str, dict]:
    """Alternate turns until each side has had its time; the first turn of each is a warm-up and does not count."""
    given = inputs(config, batch)
    times: dict[str, list[float]] = {name: [] for name in runs}
    for run in runs.values():
        run(*given)
    while any(len(t) < LEAST_RUNS or sum(t) < seconds for t in times.values()):
        for name, run in runs.items():
            began = time.perf_counter()
            run(*given)
            times[name].append(time.perf_counter() - began)
    return {
        name: {
            "runs": len(t), "median_ms": round(statistics.median(t) * 1e3, 2), "min_ms": round(min(t) * 1e3, 2),
            "frames_per_second": round(batch / statistics.median(t), 2),
        }
        for name, t in times.items()
    }


def answer(run: Run, config: Config) -> None:
    """Does a run for every line on stdin until it ends."""
    given: dict[int, tuple[np.ndarray, np.ndarray]] = {}
    for line in sys.stdin:
        batch = int(line)
        if batch not in given:
            given[batch] = inputs(config, batch)
        began = time.perf_counter()
        run(*given[batch])
        print((time.perf_counter() - began) * 1e3, flush=True)


def main(args: argparse.Namespace) -> None:
    device = args.device or ("cuda" if torch.cuda.is_available() else "cpu")
    half = device == "cuda"
    config = TINY if args.tiny else FULL
    networks = build(config, face_parse=False)
    randomise(networks, SEED)
    runs = {"pytorch": published_run(networks, device, half)}
    if args.turns:
        print("ready", torch.cuda.get_device_name() if half else "cpu", "fp16" if half else "fp32", flush=True)
        answer(runs["pytorch"], config)
        return
    report: dict = {
        "device": torch.cuda.get_device_name() if half else "cpu", "threads": torch.get_num_threads(),
        "torch": torch.__version__, "pytorch": {"precision": "fp16" if half else "fp32"},
    }
    if args.model is not None:
        runs["onnxruntime"], report["onnxruntime"] = exported_run(args.model, device)
    report["batches"] = {str(batch): measure(runs, config, batch, args.seconds) for batch in args.batches}
    if half:
        report["pytorch"]["peak_bytes"] = torch.cuda.max_memory_allocated()
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--batches", type=lambda text: [int(n) for n in text.split(",")], default=[1, 4, 8, 16])
    parser.add_argument("--seconds", type=float, default=10, help="of each side a batch size; at least three runs")
    parser.add_argument("--model", type=Path, help="an exported folder of the same sizes")
    parser.add_argument("--device", choices=("cuda", "cpu"), help="the GPU where there is one")
    parser.add_argument("--tiny", action="store_true")
    parser.add_argument("--turns", action="store_true", help="do runs as they are asked for on stdin")
    main(parser.parse_args())
