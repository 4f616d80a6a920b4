"""The figures: how near predicted curves are to reference curves. Pure functions of arrays."""

from __future__ import annotations

import numpy as np

from targets import CHANNELS, FRAME_RATE

JAW = CHANNELS.index("jawOpen")
PUCKER = CHANNELS.index("mouthPucker")
GROUPS = {
    "m b p": ("M", "B", "P"), "f v": ("F", "V"), "s z sh": ("S", "Z", "SH"), "iy ih": ("IY", "IH"),
    "uw ow w": ("UW", "OW", "W"), "open vowels": ("AA", "AE", "AY", "AW", "AO"), "silence": ("SIL",),
}
"""Phones whose jaw is reported."""
_CLOSURE_REACH = 3
"""Frames (10 ms) either side of the middle of m, b, p within which the mouth must have shut."""


def correlation(a: np.ndarray, b: np.ndarray) -> float:
    """Pearson's r; 0 when either does not move."""
    return float(np.corrcoef(a, b)[0, 1]) if a.std() > 1e-6 and b.std() > 1e-6 else 0.0


def explained(predicted: np.ndarray, reference: np.ndarray) -> float:
    """R^2 over all frames and channels together."""
    return float(1 - ((predicted - reference) ** 2).sum() / ((reference - reference.mean(0)) ** 2).sum())


def spread(predicted: np.ndarray, reference: np.ndarray) -> np.ndarray:
    """Standard deviation of the prediction over that of the reference, a channel: 1 is undamped."""
    return predicted.std(0) / np.maximum(reference.std(0), 1e-6)


def jaw_at(predicted: np.ndarray, phones: list[tuple[float, float, str]]) -> dict[str, list[float]]:
    """Predicted jawOpen at the middle of each phone, by group; for m b p the least within 30 ms of it."""
    found: dict[str, list[float]] = {name: [] for name in GROUPS}
    for start, end, phone in phones:
        k = int((start + end) / 2 * FRAME_RATE)
        for name, members in GROUPS.items():
            if phone in members and k < len(predicted):
                reach = _CLOSURE_REACH if name == "m b p" else 0
                found[name].append(float(predicted[max(0, k - reach) : k + reach + 1, JAW].min()))
    return found


def envelope(mel: np.ndarray) -> np.ndarray:
    """The baseline: loudest band of each frame, from its 10th to its 98th percentile, as 0..1."""
    e = mel.max(1)
    low, high = np.percentile(e, (10, 98))
    return np.clip((e - low) / (high - low), 0, 1)
