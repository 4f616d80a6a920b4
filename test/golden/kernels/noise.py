"""Pictures and sounds that Python and TypeScript make alike, whole number by whole number; twin of noise.ts."""

from __future__ import annotations

import numpy as np


def noise(length: int, seed: int) -> np.ndarray:
    """Bytes without a pattern: a hash of their place and the seed (constants of Wellons' "hash prospector")."""
    with np.errstate(over="ignore"):
        x = np.arange(length, dtype=np.uint32) * np.uint32(0x9E3779B1) + np.uint32(seed * 0x85EBCA6B % 2**32)
        x = (x ^ (x >> 16)) * np.uint32(0x21F0AAAD)
        x = (x ^ (x >> 15)) * np.uint32(0x735A2D97)
        return ((x ^ (x >> 15)) >> 24).astype(np.uint8)


def picture(content: str, width: int, height: int, channels: int, seed: int) -> np.ndarray:
    """uint8 [height, width] or [height, width, 3]: `noise`, `extreme` (0 or 255) or `sparse` (few 255 among 0)."""
    values = noise(width * height * channels, seed)
    if content == "extreme":
        values = np.where(values >= 128, 255, 0).astype(np.uint8)
    if content == "sparse":
        values = np.where(values >= 253, 255, 0).astype(np.uint8)
    return values.reshape((height, width) if channels == 1 else (height, width, channels))


def sound(length: int, level: float, seed: int) -> np.ndarray:
    """float32 in [-1, 1]: noise that swells and dies four times a second, with gaps of silence."""
    n = np.arange(length)
    swell = np.abs(n % 4000 - 2000) / 2000
    swell[n % 9600 < 1600] = 0
    return ((noise(length, seed).astype(np.float64) - 127.5) / 127.5 * swell * level).astype(np.float32)
