"""Times the network in PyTorch as the original runs it, and exported graphs in onnxruntime, turn by turn in one run.

    python benchmark.py --model data/models/lam-a2e --seconds 2.1333 --runs 20 --json

The PyTorch side is eager float32, one sound a call, with as many threads as the rest gets. Weights do not change the
time, so they are random. Runs alternate, so that what else the machine does falls on all alike.

    python benchmark.py --turns speech.wav

answers another program that measures beside it, such as phiz's own bench: "ready", then for every line of "<job>
<threads>" on stdin the milliseconds of one job of the published model, sound to finished weights; see `Turns`.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
import wave
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnxruntime
import torch

import reference
from network import SAMPLE_RATE, WINDOW, identity_of, random_network
from sound import speech

SEED = 7
DRAWS = 1000
"""Numbers of chance: more than a minute of sound uses up."""
WARM_UP = 2
PAUSE = 0.2
"""Seconds before each call: threads of the one before may spin for a while, and would slow down the next."""


def pytorch(audio: np.ndarray, threads: int) -> Callable[[], object]:
    torch.set_num_threads(threads)
    net, sound, identity = random_network(SEED), torch.from_numpy(audio)[None], identity_of(0)

    def run() -> object:
        with torch.inference_mode():
            return net(sound, identity)

    return run


def graph(path: Path, audio: np.ndarray, threads: int, static: bool) -> Callable[[], object]:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    if static:
        options.add_free_dimension_override_by_name("batch", 1)
        options.add_free_dimension_override_by_name("samples", len(audio))
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    feeds = {"audio": audio[None], "identity": identity_of(0).numpy()}
    return lambda: session.run(None, feeds)


class Turns:
    """
    The published model on one sound, one thing at a time. `stream`: chunks of a second, each in a window of 64 frames,
    with all that follows the network but the blinks. `recording`: the whole sound at once, and what follows.
    """

    def __init__(self, sound: np.ndarray) -> None:
        self.sound = sound
        self.net, self.identity = random_network(SEED), identity_of(0)
        rng = np.random.default_rng(SEED)
        self.draws = [rng.random(DRAWS).tolist() for _ in range(2)]

    def network(self, audio: np.ndarray) -> np.ndarray:
        with torch.inference_mode():
            return self.net(torch.from_numpy(audio)[None], self.identity)[0].numpy()

    def stream(self) -> None:
        streaming = reference.Streaming(self.network)
        for start in range(0, len(self.sound), SAMPLE_RATE):
            streaming.chunk(self.sound[start : start + SAMPLE_RATE])

    def recording(self) -> None:
        reference.offline(self.network, self.sound, *self.draws)

    def answer(self) -> None:
        """Does the jobs on stdin until it ends."""
        self.recording()
        self.stream()
        print("ready", flush=True)
        for line in sys.stdin:
            job, threads = line.split()
            torch.set_num_threads(int(threads))
            begin = time.perf_counter()
            {"stream": self.stream, "recording": self.recording}[job]()
            print((time.perf_counter() - begin) * 1000, flush=True)


def read_wave(path: Path) -> np.ndarray:
    """16-bit mono at 16 kHz -> samples in -1..1"""
    with wave.open(str(path)) as file:
        if (file.getframerate(), file.getsampwidth(), file.getnchannels()) != (SAMPLE_RATE, 2, 1):
            raise SystemExit(f"{path} must be 16-bit mono at {SAMPLE_RATE} Hz")
        return np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.float32) / 32768


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=Path, action="append", default=[], help="folder or .onnx file; may be repeated")
    parser.add_argument("--seconds", type=float, default=WINDOW / SAMPLE_RATE, help="of sound in a call (64 frames)")
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--static", action="store_true", help="fix the shapes of the graphs to this length")
    parser.add_argument("--no-torch", action="store_true")
    parser.add_argument("--json", action="store_true", help="one line of JSON instead of a table")
    parser.add_argument("--turns", type=Path, metavar="WAV", help="do the jobs on stdin, one a line, with this sound")
    args = parser.parse_args()
    if args.turns:
        Turns(read_wave(args.turns)).answer()
        return

    samples = int(args.seconds * SAMPLE_RATE)
    audio = np.resize(speech(), samples)
    contestants: dict[str, Callable[[], object]] = {}
    if not args.no_torch:
        contestants["torch"] = pytorch(audio, args.threads)
    for path in args.model:
        file = path / "lam-a2e.onnx" if path.is_dir() else path
        contestants[str(path)] = graph(file, audio, args.threads, args.static)

    times: dict[str, list[float]] = {name: [] for name in contestants}
    for turn in range(WARM_UP + args.runs):
        for name, run in contestants.items():
            time.sleep(PAUSE)
            begin = time.perf_counter()
            run()
            if turn >= WARM_UP:
                times[name].append((time.perf_counter() - begin) * 1000)

    if args.json:
        document = {"seconds": samples / SAMPLE_RATE, "threads": args.threads}
        print(json.dumps(document | {"torch_ms": times.pop("torch", []), "onnx_ms": times}))
        return
    print(f"{samples / SAMPLE_RATE:.2f} s of sound a call, {args.threads} threads, {args.runs} runs each, ms")
    for name, values in times.items():
        median = float(np.median(values))
        a_second = median / samples * SAMPLE_RATE / 1000
        print(f"{median:8.1f} median {min(values):8.1f} least {a_second:7.3f} s a second of sound  {name}")


if __name__ == "__main__":
    main()
