"""Reference curves: Cohen-Massaro dominance blending of the viseme table in visemes.json.

The table and the rules are ours (see visemes.json, "model"); a curve says where a phone is and how it
meets its neighbours, not how a measured face moved.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

FRAME_RATE = 100
"""Frames a second of every curve here."""

_DOC = json.loads((Path(__file__).parent / "visemes.json").read_text(encoding="utf-8"))
CHANNELS: list[str] = _DOC["channels"]
VISEMES: dict[str, dict] = _DOC["visemes"]
_MODEL: dict = _DOC["model"]
_ALPHABETS: dict[str, dict[str, list[str]]] = _DOC["alphabets"]
_LENGTH_MARKS = str.maketrans("", "", "ː:")


@dataclass(frozen=True)
class Segment:
    """A phone: [start, end) in seconds and the visemes that share it equally."""

    start: float
    end: float
    visemes: tuple[str, ...]


def arpa(symbol: str) -> tuple[str, ...]:
    """Visemes of an ARPA phone as flite, festival or pocketsphinx writes it; unknown symbols are silence."""
    return tuple(_ALPHABETS["arpa"].get(symbol.lower().rstrip("012"), ["sil"]))


def phoneme(symbol: str, alphabet: str = "ipa") -> tuple[str, ...]:
    """Visemes of a phoneme symbol, by longest match (visemes.json, "lookup"); () means: belongs to the one before."""
    table = {**_ALPHABETS["ipa"], **(_ALPHABETS[alphabet] if alphabet != "ipa" else {})}
    text = symbol.translate(_LENGTH_MARKS)
    if not text or text[0] in "_(.,;!?—…\" " and text not in table:
        return ("sil",)
    longest = max(map(len, table))
    out: list[str] = []
    i = 0
    while i < len(text):
        for n in range(min(longest, len(text) - i), 0, -1):
            if text[i : i + n] in table:
                out += table[text[i : i + n]]
                i += n
                break
        else:
            i += 1
    return tuple(out)


def curves(segments: list[Segment], frames: int) -> np.ndarray:
    """Weights [frames, channels] in 0..1 at (k + 0.5) / FRAME_RATE seconds."""
    t = (np.arange(frames) + 0.5) / FRAME_RATE
    total = np.zeros((frames, len(CHANNELS)))
    weight = np.full((frames, 1), _MODEL["epsilon"])
    keep = np.ones((frames, len(CHANNELS)))
    seal = np.zeros(frames)
    for s in segments:
        step = (s.end - s.start) / len(s.visemes)
        for k, name in enumerate(s.visemes):
            v = VISEMES[name]
            centre = s.start + (k + 0.5) * step
            distance = np.abs(t - centre)
            x = distance / max(_MODEL["minHalfWidth"], step / 2)
            d = v["dominance"] * np.exp(-np.maximum(0, x - _MODEL["flat"]) ** _MODEL["power"])
            total += d[:, None] * _vector(v["weights"])
            weight += d[:, None]
            if "closure" in v:
                held = np.maximum(0, distance - _MODEL["closureHold"] * (s.end - s.start))
                q = np.exp(-((held / _MODEL["closureFade"]) ** 2))
                keep = np.minimum(keep, 1 - q[:, None] * _vector(v["closure"]))
                if name in _MODEL["seal"]:
                    seal = np.maximum(seal, q)
    out = total / weight * keep
    jaw, close = CHANNELS.index("jawOpen"), CHANNELS.index("mouthClose")
    out[:, close] = np.maximum(out[:, close], seal * out[:, jaw])
    return out.astype(np.float32)


def _vector(weights: dict[str, float]) -> np.ndarray:
    return np.array([weights.get(c, 0.0) for c in CHANNELS])
