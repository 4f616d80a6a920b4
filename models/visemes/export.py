"""Checkpoint -> visemes.onnx, model.json and golden.json.

    python export.py --checkpoint RUN/best.pt --data DATA DATA2

The calibration (a gain and an offset a channel, inside the graph) undoes what damping is left: it matches the
spread of the predictions to that of the reference on the real development clips (for a channel that hardly moves
there, on the held-out synthetic voices), and puts rest at rest.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import re
from pathlib import Path

import numpy as np
import onnx
import soundfile
import torch

import features
from features import SILENCE, log_mel
from measure import spread
from network import LOOKAHEAD, WIDTH, Visemes
from runtime import HERE, Session
from speech.recordings import GOLDEN, dev_set
from targets import CHANNELS, FRAME_RATE, Segment, arpa, curves, phoneme
from train import load, on_recordings, predict

FILES = ("visemes.onnx", "visemes.json")
"""What the host reads at run time."""
WEAKEST, STRONGEST = 1.0, 1.35
"""Gains stay between these: calibration never damps, and past the upper one it would amplify guesses."""


def calibrate(net: Visemes, data: list[Path]) -> None:
    """Set the gain and offset of each channel: spread is matched, and rest is 0 (below it the limit holds)."""
    held_mel, held = (a.astype(np.float32) for a in load(data, "held"))
    dev_predicted, dev = on_recordings(net, dev_set(), raw=True)
    synthetic = spread(predict(net, held_mel, raw=True), held)
    real = spread(dev_predicted, dev)
    moves = (dev.std(0) > 0.01) & (held.std(0) > 0.01)
    gain = np.clip(1 / np.where(moves, real, synthetic), WEAKEST, STRONGEST).astype(np.float32)
    rest = predict(net, np.full((200, held_mel.shape[1]), SILENCE, np.float32), raw=True)[-1]
    net.gain.copy_(torch.from_numpy(gain)[:, None])
    net.offset.copy_(torch.from_numpy(-gain * np.maximum(rest, 0))[:, None])
    for name, g, s, r, z in zip(CHANNELS, gain, synthetic, real, rest):
        print(f"{name:16} gain {g:.2f}  spread before: synthetic {s:.2f} real {r:.2f}  rest {z:+.3f}")


def write_onnx(net: Visemes, path: Path) -> None:
    torch.onnx.export(
        net, (torch.zeros(1, features.MELS, 12), net.initial_state()), str(path), opset_version=17, dynamo=False,
        input_names=["mel", "state"], output_names=["weights", "next_state"],
        dynamic_axes={"mel": {2: "T"}, "weights": {2: "T"}},
    )
    onnx.checker.check_model(onnx.load(str(path)), full_check=True)


def write_manifest(net: Visemes, path: Path) -> None:
    files = []
    for name in FILES:
        data = (path.parent / name).read_bytes()
        files.append({"path": name, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()})
    state = [1, sum(net.state_sizes)]
    document = {
        "id": "visemes", "version": "1", "license": "Apache-2.0", "host": "thread",
        "files": files,
        "inputs": [
            {"name": "mel", "type": "float32", "shape": [1, features.MELS, "T"]},
            {"name": "state", "type": "float32", "shape": state, "initial": 0},
        ],
        "outputs": [
            {"name": "weights", "type": "float32", "shape": [1, len(CHANNELS), "T"]},
            {"name": "next_state", "type": "float32", "shape": state},
        ],
        "sampleRate": features.SAMPLE_RATE, "hopSamples": features.HOP, "windowSamples": features.WINDOW,
        "fftSize": features.FFT, "melBands": features.MELS,
        "melLowHz": features.LOW_HZ, "melHighHz": features.HIGH_HZ,
        "powerFloor": features.FLOOR, "silence": SILENCE, "lookaheadFrames": LOOKAHEAD, "frameRate": FRAME_RATE,
        "channels": CHANNELS,
    }
    path.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")


def write_golden(path: Path) -> None:
    """The second second of a real clip (the first has a pause): samples, and log-mel and weights of some frames."""
    samples, rate = soundfile.read(GOLDEN, dtype="int16")
    assert rate == features.SAMPLE_RATE
    pcm = samples[features.SAMPLE_RATE : 2 * features.SAMPLE_RATE]
    mel = log_mel(pcm.astype(np.float32) / 32768)
    weights = Session().run(mel)
    frames = [0, 1, 2, 5, 10, 20, 30, 40, 50, 60, 70, 80, 90, 99]
    document = {
        "about": "samples = int16 / 32768 at 16 kHz; mel and weights of the listed frames. weights have the"
        " look-ahead undone: weights of frame k are output k + lookaheadFrames, with silence fed after the"
        " last frame.",
        "samples": base64.b64encode(pcm.astype("<i2").tobytes()).decode(),
        "frames": frames,
        "mel": [[round(float(v), 5) for v in mel[k]] for k in frames],
        "channels": CHANNELS,
        "weights": [[round(float(v), 6) for v in weights[k]] for k in frames],
    }
    document["curves"], document["lookup"] = golden_curves(), golden_lookup()
    text = json.dumps(document, indent=1, ensure_ascii=False)
    path.write_text(compact(text) + "\n", encoding="utf-8")


def golden_curves() -> dict:
    """The dominance model on a made-up word: segments [start s, end s, visemes] and the weights of some frames."""
    phones, times = ("_:", "m", "aɪ", "f", "uː", "_"), (0.0, 0.2, 0.28, 0.46, 0.54, 0.7, 1.0)
    segments = list(zip(times, times[1:], phones))
    curve = curves([Segment(a, b, phoneme(p)) for a, b, p in segments], 100)
    frames = [5, 18, 22, 24, 27, 30, 36, 42, 48, 50, 56, 62, 70, 75, 95]
    return {
        "segments": [[a, b, list(phoneme(p))] for a, b, p in segments],
        "frames": frames,
        "weights": [[round(float(v), 6) for v in curve[k]] for k in frames],
    }


def golden_lookup() -> list:
    """[alphabet, symbol, visemes]"""
    symbols = {
        "ipa": ["", "ˈaɪ", "tɕh", "ts.h", "ɑːɹ", "onɡ", "uai", "s.", "i̪", "n̩", "ɜː", "˥", "(en)"],
        "espeak": ["_:", "@L", "3:", "tS;h", "I2", "A@", "S", "a#", "i[", "ong"],
        "misaki": ["A", "ˈO", "T", "ʤ", "ᵊ", " ", "."],
        "arpa": ["AH0", "pau", "ay", "SIL"],
    }
    return [
        [alphabet, s, list(arpa(s) if alphabet == "arpa" else phoneme(s, alphabet))]
        for alphabet, names in symbols.items()
        for s in names
    ]


def compact(text: str) -> str:
    """Put innermost arrays on one line."""
    def one_line(found: re.Match[str]) -> str:
        return re.sub(r"\s+", " ", found.group()).replace("[ ", "[").replace(" ]", "]")

    return re.sub(r"\[[^\[\]]*\]", one_line, text)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--data", type=Path, nargs="+", required=True, help="as for train.py: for the calibration")
    parser.add_argument("--width", type=int, default=WIDTH)
    args = parser.parse_args()
    net = Visemes(args.width)
    net.load_state_dict(torch.load(args.checkpoint))
    net.eval()
    calibrate(net, args.data)
    write_onnx(net, HERE / "visemes.onnx")
    write_manifest(net, HERE / "model.json")
    write_golden(HERE / "golden.json")
