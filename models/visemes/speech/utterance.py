"""One utterance: samples and its phones."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.signal import resample_poly

from features import SAMPLE_RATE
from targets import Segment


@dataclass
class Utterance:
    """`voice` names synthesiser and speaker, `samples` are float32 [n] at 16 kHz, `segments` cover the speech."""

    voice: str
    samples: np.ndarray
    segments: list[Segment]


def to_16k(samples: np.ndarray, rate: int) -> np.ndarray:
    """Polyphase resampling to 16 kHz."""
    if rate == SAMPLE_RATE:
        return samples.astype(np.float32)
    common = np.gcd(rate, SAMPLE_RATE)
    return resample_poly(samples, SAMPLE_RATE // common, rate // common).astype(np.float32)


def join_continuations(phones: list[tuple[float, float, tuple[str, ...]]]) -> list[Segment]:
    """Phones with no viseme of their own (a modifier, a tone) give their time to the phone before them."""
    out: list[Segment] = []
    for start, end, visemes in phones:
        if end <= start:
            continue
        if visemes:
            out.append(Segment(start, end, visemes))
        elif out:
            out[-1] = Segment(out[-1].start, end, out[-1].visemes)
    return out
