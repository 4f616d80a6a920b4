"""flite: the program prints the end time of each phone (`-psdur`)."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

import numpy as np
import soundfile

from targets import Segment, arpa

from .utterance import Utterance, to_16k

VOICES = ("slt", "rms", "awb", "kal16")
EARLIER = 0.005
"""Seconds taken off its times: by so much they trail the forced alignment that judges us (README, "Times")."""


def say(text: str, voice: str, rng: np.random.Generator) -> Utterance:
    """Speak at a random pace and pitch."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.wav"
        stretch = rng.uniform(0.8, 1.3)
        printed = subprocess.run(
            ["flite", "-voice", voice, "-psdur", "--setf", f"duration_stretch={stretch:.3f}"]
            + ["-t", text, "-o", str(path)],
            capture_output=True, text=True, check=True,
        ).stdout
        samples, rate = soundfile.read(path, dtype="float32")
    segments, start = [], 0.0
    for item in printed.split():
        name, end = item.rsplit(":", 1)
        if float(end) > start:
            segments.append(Segment(max(0.0, start - EARLIER), float(end) - EARLIER, arpa(name)))
        start = float(end)
    return Utterance(f"flite/{voice}", to_16k(samples, rate), segments)
