"""What the original does with the network's output, its known faults included: the standard for phiz's own.

Arrays are [frames, 52] float32 in 0..1 at 30 frames a second. Chance is not left to chance: whatever the original draws
comes from `draws`, numbers of 0 <= u < 1 that are used up one by one; a whole number of [low, high) is
low + floor(u * (high - low)), a real one low + u * (high - low).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from math import ceil

import librosa
import numpy as np
from scipy.signal import savgol_filter

from arkit import BLINK, EYE_BROWS, MOUTH, PAIRS
from brows import BROWS, PEAKS
from network import FRAME_RATE, SAMPLE_RATE, WINDOW

Array = np.ndarray
Network = Callable[[Array], Array]
"""Samples at 16 kHz -> weights [frames, 52]"""

WINDOW_FRAMES = 64
SILENCE, SILENT_FRAMES, DAMPING, SILENCE_EDGE = 0.001, 7, 0.1, 3
FIRST_FADE, FADE = 3, 5
BLINKS = np.array([
    [0.365, 0.950, 0.956, 0.917, 0.367, 0.119, 0.025],
    [0.235, 0.910, 0.945, 0.778, 0.191, 0.235, 0.089],
    [0.870, 0.950, 0.949, 0.696, 0.191, 0.073, 0.007],
    [0.000, 0.557, 0.953, 0.942, 0.426, 0.148, 0.018],
])
BLINK_FRAMES = BLINKS.shape[1]
BLINK_STRENGTH, OFFLINE_BLINK_GAP, STREAM_BLINK_GAP = (0.8, 1.0), (60, 120), (40, 100)
BROW_SEGMENT, BROW_HOLD, BROW_VOLUME, BROW_FRAMES, BROW_STRENGTH = 150, 10, 0.08, 6, (0.7, 1.3)


def whole(draws: Iterator[float], low: int, high: int) -> int:
    return low + int(next(draws) * (high - low))


def real(draws: Iterator[float], low: float, high: float) -> float:
    return low + next(draws) * (high - low)


def volumes(audio: Array, rate: int) -> Array:
    """Root mean square of each frame; frames are centred, whole numbers of samples, and see zeros past the ends."""
    hop = int(rate / FRAME_RATE)
    found = librosa.feature.rms(y=audio, frame_length=min(hop, len(audio)), hop_length=hop)[0]
    return found[: ceil(len(audio) / rate * FRAME_RATE)]


def silences(volume: Array, least: int = SILENT_FRAMES) -> list[tuple[int, int]]:
    """
    Runs [start, end) of frames below SILENCE. The first run of an array is counted one frame short, so that it needs
    least + 1 frames where later ones need least.
    """
    edges = np.flatnonzero(np.diff(np.concatenate([[False], volume < SILENCE, [False]]).astype(np.int8)))
    runs = [(int(start), int(end)) for start, end in edges.reshape(-1, 2)]
    return [(start, end) for k, (start, end) in enumerate(runs) if end - start - (k == 0) >= least]


def damp_silence(weights: Array, volume: Array, done: int) -> Array:
    """
    Closes the mouth in silences, and blends three frames at their edges (all channels): at the start towards the frame
    before, unless that lies in the `done` frames that were given out before; at the end towards the frame after.
    """
    out = weights.copy()
    for start, end in silences(volume):
        out[start:end, list(MOUTH)] *= DAMPING
        length = min(SILENCE_EDGE, start - done)
        if length > 0:
            _approach(out, range(start, start + length), out[start - 1].copy())
        length = min(SILENCE_EDGE, len(out) - end)
        if length > 0:
            _approach(out, range(end - 1, end - 1 - length, -1), out[end].copy())
    return out


def fade(weights: Array, done: int) -> Array:
    """Leads the first new frames away from the last frame given out, or from a face at rest."""
    out = weights.copy()
    length = min(FADE if done > 0 else FIRST_FADE, len(out) - done)
    _approach(out, range(done, done + length), out[done - 1].copy() if done > 0 else np.zeros_like(out[0]))
    return out


def _approach(out: Array, frames: range, start: Array) -> None:
    for i, frame in enumerate(frames):
        weight = (i + 1) / (len(frames) + 1)
        out[frame] = start * (1 - weight) + out[frame] * weight


def smooth(weights: Array) -> Array:
    """Savitzky-Golay, parabolas over five frames, mirrored at the ends without repeating them; then 0..1."""
    return np.clip(savgol_filter(weights.astype(np.float64), 5, 2, axis=0, mode="mirror"), 0, 1).astype(weights.dtype)


def symmetric(weights: Array) -> Array:
    """Both channels of a left and right pair become their mean."""
    out = weights.copy()
    for left, right in PAIRS:
        out[:, left] = out[:, right] = (out[:, left] + out[:, right]) / 2
    return out


def blinks_offline(weights: Array, draws: Iterator[float]) -> Array:
    """Replaces the eyes' own blinks. Drawn for each blink: strength, pattern, gap."""
    out = weights.copy()
    out[:, BLINK] = 0
    frame = 0
    while frame < len(out) - BLINK_FRAMES:
        strength = real(draws, *BLINK_STRENGTH)
        _blink(out, frame, whole(draws, 0, len(BLINKS)), strength)
        frame += BLINK_FRAMES + whole(draws, *OFFLINE_BLINK_GAP)
    return out


def blinks_streaming(weights: Array, done: int, draws: Iterator[float]) -> Array:
    """
    Puts at most two blinks over the new frames. Drawn: gap; if the first fits: pattern, strength; if more than 40
    frames are left after it: strength and gap of the second; if that fits: its pattern.
    """
    out = weights.copy()
    new = len(out) - done
    if new <= BLINK_FRAMES:
        return out
    blinked = np.flatnonzero(out[:done, BLINK[0]] > 0.5)
    last = int(blinked[-1]) - BLINK_FRAMES if len(blinked) else done
    start = max(0, whole(draws, *STREAM_BLINK_GAP) - last)
    if start > new - BLINK_FRAMES:
        return out
    pattern = whole(draws, 0, len(BLINKS))
    _blink(out, done + start, pattern, real(draws, *BLINK_STRENGTH))
    end = done + start + BLINK_FRAMES
    if len(out) - end <= STREAM_BLINK_GAP[0]:
        return out
    strength, gap = real(draws, *BLINK_STRENGTH), whole(draws, *STREAM_BLINK_GAP)
    if len(out) - end - BLINK_FRAMES > gap:
        _blink(out, end + gap, whole(draws, 0, len(BLINKS)), strength)
    return out


def _blink(out: Array, frame: int, pattern: int, strength: float) -> None:
    out[frame : frame + BLINK_FRAMES, BLINK] = (BLINKS[pattern] * strength)[:, None]


def raise_brows(weights: Array, volume: Array, draws: Iterator[float]) -> Array:
    """
    Adds one brow movement to each 150 frames that have a loud stretch. Drawn: which stretch, which movement, and, where
    it is placed (always in a stretch of more than 10 frames), the strength.
    """
    out = weights.copy()
    for begin in range(0, len(volume), BROW_SEGMENT):
        limit = min(begin + BROW_SEGMENT, len(volume))
        loud = np.concatenate([[False], volume[begin:limit] > BROW_VOLUME, [False]]).astype(np.int8)
        stretches = [s for s in np.flatnonzero(np.diff(loud)).reshape(-1, 2) if s[1] - s[0] >= BROW_FRAMES]
        if not stretches:
            continue
        start, end = (int(edge) + begin for edge in stretches[whole(draws, 0, len(stretches))])
        movement = whole(draws, 0, len(BROWS))
        rows, peak_row = BROWS[movement], PEAKS[movement]
        if end - start > BROW_HOLD:
            peak = start + int(volume[start:end].argmax())
            first, hold = max(peak - peak_row, begin), max(peak - peak_row, begin) + peak_row + 1
            strength = real(draws, *BROW_STRENGTH)
            if hold <= limit:
                out[first:hold, EYE_BROWS] += rows[: peak_row + 1] * strength
                out[hold : max(hold, min(end, limit)), EYE_BROWS] += rows[peak_row] * strength
        else:
            first = max(begin, min(start + (end - start - len(rows)) // 2, limit - len(rows)))
            if first + len(rows) <= limit:
                out[first : first + len(rows), EYE_BROWS] += rows * real(draws, *BROW_STRENGTH)
    return np.clip(out, 0, 1)


@dataclass
class Streaming:
    """
    The original's streaming at 16 kHz, chunk by chunk, without its blinks. Every chunk is put at the end of a window of
    zeros: the original keeps the sound of before, and never uses it. `steps` holds what each step made of the last
    chunk, over all frames in hand (`done` of them given out before).
    """

    network: Network
    weights: Array | None = None
    volume: Array | None = None
    steps: dict[str, Array] = field(default_factory=dict)

    def chunk(self, audio: Array) -> Array:
        """1 to 34133 samples -> the weights of their frames"""
        volume = volumes(audio, SAMPLE_RATE)
        window = np.concatenate([np.zeros(WINDOW - len(audio), np.float32), audio])
        raw = self.network(window)[int(WINDOW_FRAMES - len(audio) / SAMPLE_RATE * FRAME_RATE) :]
        done = 0 if self.weights is None else len(self.weights)
        together = raw if self.weights is None else np.concatenate([self.weights, raw])
        volume_together = volume if self.volume is None else np.concatenate([self.volume, volume])
        damped = damp_silence(together, volume_together, done)
        faded = fade(damped, done)
        smoothed = smooth(faded)
        even = symmetric(smoothed)
        self.steps = {
            "volume": volume, "raw": raw, "damped": damped, "faded": faded, "smoothed": smoothed, "symmetric": even,
        }
        out = even[done:]
        kept = out if self.weights is None else np.concatenate([self.weights, out])
        self.weights, self.volume = kept[-WINDOW_FRAMES:], volume_together[-WINDOW_FRAMES:]
        return out


def offline(network: Network, audio: Array, brow_draws: list[float], blink_draws: list[float]) -> dict[str, Array]:
    """The original's way with a whole file (movement_smooth and brow_movement on), step by step."""
    volume = volumes(audio, SAMPLE_RATE)
    raw = network(audio)
    damped = damp_silence(raw, volume, 0)
    raised = raise_brows(damped, volume, iter(brow_draws))
    smoothed = smooth(raised)
    even = symmetric(smoothed)
    return {
        "volume": volume, "raw": raw, "damped": damped, "brows": raised, "smoothed": smoothed, "symmetric": even,
        "blinked": blinks_offline(even, iter(blink_draws)),
    }
