"""Writes what the tests of the TypeScript side hold it against: a tiny model folder, and tensors step by step.

    python golden.py

test/golden/lam-a2e: model/ (as export.py writes it), golden.json {name: {offset, dtype, shape}} and golden.bin with the
numbers, little-endian. Names say what they are; `draws` are the random numbers that a step used (see reference.py).
"""

from __future__ import annotations

import argparse
import json
import shutil
from pathlib import Path

import numpy as np
import torch

import reference
from arkit import CHANNELS
from export import write_model
from network import SAMPLE_RATE, TINY, WINDOW, Lam, identity_of, random_network
from sound import at, speech

SEED, STYLE = 7, 0
FOLDER = Path(__file__).resolve().parents[2] / "test" / "golden" / "lam-a2e"
Array = np.ndarray
Golden = dict[str, Array]


def network_of(net: Lam, style: int = STYLE) -> reference.Network:
    def run(audio: Array) -> Array:
        with torch.inference_mode():
            return net(torch.from_numpy(audio)[None], identity_of(style, net.size))[0].numpy()

    return run


def network_tensors(net: Lam, audio: Array) -> Golden:
    """The network alone: whole sounds, and windows with zeros or with the sound of before in front of each second."""
    run = network_of(net)
    found = {"network.whole": run(audio), "network.style3": network_of(net, 3)(audio)}
    for samples in (400, 5333):
        found[f"network.first{samples}"] = run(audio[:samples])
    padded = np.concatenate([np.zeros(WINDOW, np.float32), audio])
    for k in range(3):
        end = (k + 1) * SAMPLE_RATE
        zeros = np.zeros(WINDOW - SAMPLE_RATE, np.float32)
        found[f"window.zeros.{k}"] = run(np.concatenate([zeros, audio[end - SAMPLE_RATE : end]]))
        found[f"window.context.{k}"] = run(padded[end : end + WINDOW])
    return found


def stream_tensors(net: Lam, audio: Array) -> Golden:
    """Seconds one by one through the original's streaming, without blinks; its last chunk is half a second."""
    stream, found, given = reference.Streaming(network_of(net)), {}, []
    for k, end in enumerate((1.0, 2.0, 2.5, 3.0)):
        begin = 0.0 if k == 0 else (1.0, 2.0, 2.5)[k - 1]
        given.append(stream.chunk(audio[at(begin) : at(end)]))
        found |= {f"stream.{k}.{step}": rows for step, rows in stream.steps.items()}
    return found | {"stream.given": np.concatenate(given)}


def offline_tensors(net: Lam, audio: Array) -> Golden:
    rng = np.random.default_rng(SEED + 1)
    brow_draws, blink_draws = rng.random(12, np.float32), rng.random(24, np.float32)
    steps = reference.offline(network_of(net), audio, brow_draws.tolist(), blink_draws.tolist())
    draws = {"offline.brows.draws": brow_draws, "offline.blinked.draws": blink_draws}
    return {f"offline.{step}": rows for step, rows in steps.items()} | draws


def volume_tensors() -> Golden:
    """Three tenths of a second of noise at three rates; a steady second, whose ends show the zeros; and a scrap."""
    rng, found = np.random.default_rng(SEED + 2), {}
    for rate in (16000, 24000, 48000):
        noise = (0.1 * rng.standard_normal(rate * 3 // 10)).astype(np.float32)
        found |= {f"volume.{rate}.audio": noise, f"volume.{rate}": reference.volumes(noise, rate)}
    found["volume.16000.first50"] = reference.volumes(found["volume.16000.audio"][:50], 16000)
    found["volume.16000.steady"] = reference.volumes(np.ones(16000, np.float32), 16000)
    return found


def silence_tensors() -> Golden:
    """Silent runs of 6, 7 and 8 frames, as the first of the array and after another; in rows of which 10 are done."""
    weights = _rows(40, SEED + 3)
    found = {"silence.weights": weights}
    for length in (6, 7, 8):
        for place in ("first", "second"):
            volume = np.full(40, 0.1, np.float32)
            volume[20 : 20 + length] = 0.0005
            if place == "second":
                volume[3:5] = 0
            name = f"silence.{place}.{length}"
            found |= {f"{name}.volume": volume, f"{name}.damped": reference.damp_silence(weights, volume, 10)}
    return found


def step_tensors() -> Golden:
    """Each later step alone."""
    rows, short = _rows(20, SEED + 4), _rows(2, SEED + 5)
    found = {
        "fade.weights": rows,
        "fade.first": reference.fade(rows, 0), "fade.after10": reference.fade(rows, 10),
        "fade.after18": reference.fade(rows, 18),
        "smooth.weights": rows, "smooth.smoothed": reference.smooth(rows),
        "smooth.symmetric": reference.symmetric(rows),
        "smooth.two.weights": short, "smooth.two.smoothed": reference.smooth(short),
    }
    for name, frames, done, blinked, draws in (
        ("two", 140, 0, None, (0.0, 0.6, 0.5, 0.25, 0.05, 0.9)),
        ("after", 94, 64, 30, (0.1, 0.9, 0.1)),
        ("far", 94, 64, 30, (0.2,)),
        ("short", 37, 30, None, (0.0,)),
    ):
        weights = _rows(frames, SEED + frames) * np.float32(0.4)
        if blinked is not None:
            weights[blinked : blinked + 3, 8:10] = 0.9
        stored = np.array(draws, np.float32)
        found |= {
            f"blinks.{name}.weights": weights, f"blinks.{name}.draws": stored,
            f"blinks.{name}.done": np.array([done], np.int32),
            f"blinks.{name}.blinked": reference.blinks_streaming(weights, done, iter(stored.tolist())),
        }
    rng = np.random.default_rng(SEED + 6)
    volume = np.full(310, 0.02, np.float32)
    for begin, end in ((20, 28), (60, 95), (160, 167), (290, 306)):
        volume[begin:end] = 0.1 + 0.1 * rng.random(end - begin, np.float32)
    weights, draws = _rows(310, SEED + 7), rng.random(9, np.float32)
    return found | {
        "brows.volume": volume, "brows.weights": weights, "brows.draws": draws,
        "brows.raised": reference.raise_brows(weights, volume, iter(draws.tolist())),
    }


def write(tensors: Golden, folder: Path) -> None:
    """golden.bin and golden.json, an entry a line."""
    lines, offset = [], 0
    with (folder / "golden.bin").open("wb") as file:
        for name, values in tensors.items():
            data = np.ascontiguousarray(values)
            entry = {"offset": offset, "dtype": data.dtype.name, "shape": list(data.shape)}
            assert entry["dtype"] in ("float32", "int32"), name
            lines.append(f"  {json.dumps(name)}: {{ {json.dumps(entry)[1:-1]} }}")
            offset += file.write(data.astype(data.dtype.newbyteorder("<")).tobytes())
    (folder / "golden.json").write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def _rows(frames: int, seed: int) -> Array:
    return np.random.default_rng(seed).random((frames, len(CHANNELS)), np.float32)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, default=FOLDER)
    folder: Path = parser.parse_args().output
    model = folder / "model"
    shutil.rmtree(model, ignore_errors=True)
    model.mkdir(parents=True)
    net, audio = random_network(SEED, TINY), speech()
    write_model(net, model, "fp32", {"kind": "random", "seed": SEED})
    tensors = {
        "audio": audio, **network_tensors(net, audio), **stream_tensors(net, audio), **offline_tensors(net, audio),
        **volume_tensors(), **silence_tensors(), **step_tensors(),
    }
    write(tensors, folder)
    for path in (*sorted(model.iterdir()), folder / "golden.bin", folder / "golden.json"):
        print(f"{path}  {path.stat().st_size / 1e3:.0f} kB")


if __name__ == "__main__":
    main()
