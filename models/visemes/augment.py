"""Make clean synthetic speech sound like somebody's microphone: pace, room, band, dynamics, noise, pauses, MP3."""

from __future__ import annotations

import io

import numpy as np
import soundfile
from scipy.signal import fftconvolve, resample_poly

from features import SAMPLE_RATE

_MP3_DELAY = 1105
"""Samples by which an MP3 comes back late when its header has no room to say so (below about 32 kbit/s)."""


def augment(
    samples: np.ndarray, babble: np.ndarray, rng: np.random.Generator, warp: float = 0.5
) -> tuple[np.ndarray, float, float]:
    """Return (samples, delay, stretch): what was at time t is now at delay + stretch * t, in seconds.

    `babble` is other speech of any length; `warp` is the chance of a change of pace, pitch and formants together.
    """
    stretch = 1.0
    if rng.random() < warp:
        down = int(rng.integers(88, 115))
        samples, stretch = resample_poly(samples, 100, down), 100 / down
    samples = _pause(samples, rng)
    before, after = (int(SAMPLE_RATE * s) for s in (rng.exponential(0.25), rng.exponential(0.35)))
    samples = _band(np.concatenate([np.zeros(before), samples, np.zeros(after)]), rng)
    if rng.random() < 0.45:
        samples = _room(samples, rng)
    if rng.random() < 0.3:
        samples = _compressed(samples, rng)
    loud = np.sqrt((samples**2).mean()) + 1e-6
    samples = samples / loud * 10 ** (rng.uniform(-38, -12) / 20)
    if rng.random() < 0.75:
        noise = _noise(len(samples), babble, rng) * np.sqrt((samples**2).mean())
        samples = samples + noise * 10 ** (-rng.uniform(10, 50) / 20)
    samples = np.clip(samples, -1, 1).astype(np.float32)
    if rng.random() < 0.35:
        samples = mp3(samples, rng.uniform(0.7, 0.95))
    return samples, before / SAMPLE_RATE, stretch


def noise_only(seconds: float, babble: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A stretch with nobody speaking near: zeros, or noise between -80 and -30 dBFS."""
    n = int(seconds * SAMPLE_RATE)
    if rng.random() < 0.2:
        return np.zeros(n, np.float32)
    level = 10 ** (rng.uniform(-80, -30) / 20)
    return (_noise(n, babble if rng.random() < 0.2 else babble[:0], rng) * level).astype(np.float32)


def mp3(samples: np.ndarray, compression: float) -> np.ndarray:
    """To MP3 and back; a compression of 0.7 is about 60 kbit/s, 0.9 about 25, 0.95 about 16."""
    file = io.BytesIO()
    kind = {"format": "MP3", "subtype": "MPEG_LAYER_III", "bitrate_mode": "CONSTANT"}
    soundfile.write(file, samples, SAMPLE_RATE, compression_level=compression, **kind)
    file.seek(0)
    decoded, _ = soundfile.read(file, dtype="float32")
    late = _MP3_DELAY if len(decoded) >= len(samples) + _MP3_DELAY else 0
    return decoded[late : late + len(samples)]


def _pause(samples: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A fifth of the time, speech synthesis dithers nothing: set what is nearly silent to exactly zero."""
    return np.where(np.abs(samples) < 1e-4, 0, samples) if rng.random() < 0.2 else samples


def _band(samples: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Tilt, three bumps of up to 8 dB, and now and then a telephone's or a cheap coder's upper limit."""
    n = len(samples)
    spectrum = np.fft.rfft(samples)
    hz = np.linspace(0, SAMPLE_RATE / 2, len(spectrum))
    octave = np.log2(hz + 50)
    gain = rng.uniform(-6, 6) * (hz / 8000 - 0.3)
    for _ in range(3):
        gain += rng.uniform(-8, 8) * np.exp(-(((octave - np.log2(rng.uniform(100, 6000))) / 0.7) ** 2))
    if rng.random() < 0.2:
        gain -= np.maximum(0, hz - rng.uniform(3300, 7000)) * 0.06
    if rng.random() < 0.3:
        gain -= np.maximum(0, rng.uniform(60, 250) - hz) * 0.2
    return np.fft.irfft(spectrum * 10 ** (np.maximum(gain, -80) / 20), n)


def _room(samples: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A direct path and a decaying tail of 50 to 350 ms."""
    n = int(rng.uniform(0.05, 0.35) * SAMPLE_RATE)
    tail = rng.normal(size=n) * np.exp(-np.arange(n) / (n / 5))
    tail[0] = rng.uniform(4, 14)
    return fftconvolve(samples, tail / np.sqrt((tail**2).sum()))[: len(samples)]


def _compressed(samples: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """What a reader's compressor does: the level, smoothed over 20 to 150 ms, is drawn nearer to its mean."""
    length = int(rng.uniform(0.02, 0.15) * SAMPLE_RATE)
    level = np.sqrt(fftconvolve(samples**2, np.hanning(length) / np.hanning(length).sum(), "same").clip(0) + 1e-6)
    return samples * level ** -rng.uniform(0.1, 0.45)


def _noise(n: int, babble: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Coloured noise of unit RMS, sometimes with hum or with distant voices."""
    spectrum = np.fft.rfft(rng.normal(size=n))
    hz = np.linspace(0, SAMPLE_RATE / 2, len(spectrum))
    out = np.fft.irfft(spectrum / np.maximum(hz, 40) ** rng.uniform(0, 1.2), n)
    out /= out.std() + 1e-9
    if rng.random() < 0.15:
        mains = rng.choice([50, 60])
        out += sum(np.sin(2 * np.pi * mains * k * np.arange(n) / SAMPLE_RATE + k) / k for k in (1, 2, 3, 5))
    if len(babble) and rng.random() < 0.3:
        voices = sum(np.roll(np.resize(babble, n), int(rng.integers(n))) for _ in range(4))
        out += voices / (voices.std() + 1e-9) * rng.uniform(0.3, 1.5)
    return out / (out.std() + 1e-9)
