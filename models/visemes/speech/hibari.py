"""hibari-tts: a small neural voice with natural prosody, the nearest of the three to a real reader.

Its own durations do not follow the sound closely, so phones come from forced alignment. One speaker is made
into many: the spectral envelope is stretched along frequency (vocal tract length) and the pitch curve is scaled
before the pulse train, neither of which moves a phone in time, so one alignment serves them all.
"""

from __future__ import annotations

import numpy as np
from hibari import Hibari as Voice
from hibari import dsp

from targets import Segment, arpa

from .recordings import align
from .utterance import Utterance, to_16k

_VOICED_HZ = 40
_LONGEST_PHONE = 0.4
"""An alignment with a longer phone, in seconds, has lost its way."""


class Hibari:
    """The voice that is inside the package ("heart")."""

    def __init__(self) -> None:
        self._voice = Voice()

    def say(self, text: str, speakers: int, rng: np.random.Generator) -> list[Utterance]:
        """Speak one sentence at a random pace as itself and as `speakers` others; [] when it cannot be aligned."""
        ids = self._voice.ids(self._voice.phonemize(text)[0])
        speed = np.array([rng.uniform(0.75, 1.45)], np.float32)
        *spectra, f0 = (o[0] for o in self._voice.sess.run(None, {"ids": np.array([ids], np.int64), "speed": speed}))
        itself = to_16k(dsp.synth(*spectra, f0, rng), dsp.SR)
        try:
            phones = align(itself, text)
        except RuntimeError:  # a word outside the aligner's dictionary
            return []
        if any(b - a > _LONGEST_PHONE for a, b, p in phones if p != "SIL"):
            return []
        segments = [Segment(a, b, arpa(p)) for a, b, p in phones]
        out = [Utterance("hibari/itself", itself, segments)]
        for _ in range(speakers):
            tract = rng.uniform(0.8, 1.15)
            low = np.clip((tract - 0.8) / 0.3, 0, 1)  # long tracts get low voices, mostly
            pitch = rng.uniform(0.45, 0.75) * (1 - low) + rng.uniform(0.75, 1.3) * low
            moved = [_stretch(s, tract) for s in spectra]
            samples = to_16k(dsp.synth(*moved, _pitch(f0, pitch, rng.uniform(0.5, 1.4)), rng), dsp.SR)
            out.append(Utterance("hibari/other", samples, segments))
        return out


def _stretch(bins: np.ndarray, factor: float) -> np.ndarray:
    """Move the content of each bin to bin * factor, by nearest bin (phases do not interpolate)."""
    source = np.minimum(np.round(np.arange(len(bins)) / factor).astype(int), len(bins) - 1)
    return bins[source]


def _pitch(f0: np.ndarray, scale: float, liveliness: float) -> np.ndarray:
    """Scale f0 (Hz, 0 where unvoiced) and its spread, in octaves, about its own mean."""
    voiced = f0 > _VOICED_HZ
    if not voiced.any():
        return f0
    octave = np.log2(np.maximum(f0, _VOICED_HZ))
    mean = octave[voiced].mean()
    return np.where(voiced, np.maximum(60, scale * 2 ** (mean + liveliness * (octave - mean))), f0).astype(np.float32)
