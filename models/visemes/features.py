"""The front end: 16 kHz samples -> log-mel frames. The host computes exactly this; all scaling is in the network.

Frame k is made of the 400 samples x[160k - 240 : 160k + 160], zeros before the start, so that it exists as soon
as hop k (samples 160k .. 160k + 159) is complete. README, "Front end", says the same in words.
"""

from __future__ import annotations

import numpy as np

SAMPLE_RATE = 16000
HOP = 160
WINDOW = 400
FFT = 512
MELS = 40
LOW_HZ, HIGH_HZ = 60.0, 7600.0
FLOOR = 1e-6
SILENCE = float(np.log(FLOOR))
"""The value of every band in digital silence."""

_HANN = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(WINDOW) / WINDOW)


def mel_filters() -> np.ndarray:
    """Triangles [FFT / 2 + 1, MELS], peak 1, linear in Hz between corners even on mel = 2595 log10(1 + f / 700)."""
    low, high = (2595 * np.log10(1 + f / 700) for f in (LOW_HZ, HIGH_HZ))
    corner = 700 * (10 ** (np.linspace(low, high, MELS + 2) / 2595) - 1)
    hz = np.arange(FFT // 2 + 1)[:, None] * SAMPLE_RATE / FFT
    up = (hz - corner[:-2]) / (corner[1:-1] - corner[:-2])
    down = (corner[2:] - hz) / (corner[2:] - corner[1:-1])
    return np.maximum(0, np.minimum(up, down))


_FILTERS = mel_filters()


def log_mel(samples: np.ndarray) -> np.ndarray:
    """Samples [n] in -1..1 at 16 kHz -> float32 [n // 160, 40], natural log of mel power plus FLOOR."""
    frames = len(samples) // HOP
    padded = np.concatenate([np.zeros(WINDOW - HOP), samples[: frames * HOP]])
    view = np.lib.stride_tricks.sliding_window_view(padded, WINDOW)[::HOP]
    power = np.abs(np.fft.rfft(view * _HANN, FFT)) ** 2
    return np.log(power @ _FILTERS + FLOOR).astype(np.float32)
