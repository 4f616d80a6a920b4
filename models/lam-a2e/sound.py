"""A made-up sound to run the network on."""

from __future__ import annotations

import numpy as np

from network import SAMPLE_RATE

SEED = 7


def at(seconds: float) -> int:
    """The sample of a time."""
    return round(seconds * SAMPLE_RATE)


def speech(seconds: float = 3.0) -> np.ndarray:
    """
    Something like speech at 16 kHz: syllables of a gliding voice and of hiss, of changing loudness. All but silent
    from 0.4 to 0.8 s (below the threshold of silence), and exact zeros from 1.7 to 2.2 s, over the edge of two chunks.
    """
    rng = np.random.default_rng(SEED)
    t = np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    phase = 2 * np.pi * np.cumsum(130 + 40 * np.sin(2 * np.pi * 0.7 * t)) / SAMPLE_RATE
    voice = sum(np.sin(k * phase) / k * (1 + np.sin(2 * np.pi * 1.3 * t + k)) for k in range(1, 16))
    hiss = np.diff(rng.standard_normal(len(t) + 1))
    syllables = np.clip(np.sin(2 * np.pi * 2.1 * t + 0.6), 0, 1) ** 0.5
    audio = 0.16 * voice * syllables + 0.05 * hiss * np.clip(np.sin(2 * np.pi * 3.3 * t), 0, 1)
    audio *= 0.6 + 0.4 * np.sin(2 * np.pi * 0.45 * t)
    audio[at(0.4) : at(0.8)] = 0.0004 * rng.standard_normal(at(0.8) - at(0.4))
    audio[at(1.7) : at(2.2)] = 0
    return np.clip(audio, -1, 1).astype(np.float32)
