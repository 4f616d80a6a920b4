"""Real recordings and their forced alignment: for judging, never for training.

TEST is reported once, at the end; DEV is for choosing. All come from Debian's pocketsphinx-testdata (LibriVox
readings, short commands) and alsa-utils; transcripts are those of the package, or given here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
from pocketsphinx import Decoder

from targets import Segment, arpa

from .utterance import to_16k

_DATA = Path("/usr/share/pocketsphinx/test/data")
_ALSA = Path("/usr/share/sounds/alsa")
GOLDEN = _DATA / "librivox" / "sense_and_sensibility_01_austen_64kb-0880.wav"
"""The test clip whose second second becomes golden.json (a LibriVox reading, public domain)."""


@dataclass
class Recording:
    """A real clip, `samples` float32 [n] at 16 kHz, with `phones` (start s, end s, ARPA name) by forced alignment."""

    name: str
    samples: np.ndarray
    phones: list[tuple[float, float, str]]

    @property
    def segments(self) -> list[Segment]:
        return [Segment(a, b, arpa(p)) for a, b, p in self.phones]


def test_set() -> list[Recording]:
    """Seven clips, 28.9 s: five of one LibriVox reader, `goforward`, `Front_Center`."""
    folder = _DATA / "librivox"
    clips = []
    for text, name in _transcripts(folder / "transcription"):
        clips.append((name[-4:], folder / f"{name}.wav", text.replace("more a amiable", "more amiable")))
    clips.append(("goforward", _DATA / "goforward.raw", "go forward ten meters"))
    clips.append(("Front_Center", _ALSA / "Front_Center.wav", "front center"))
    return [_load(*clip) for clip in clips]


def dev_set() -> list[Recording]:
    """Seven other clips, 16.7 s: card names and two commands (their words as pocketsphinx itself decodes them)."""
    folder = _DATA / "cards"
    cards = _transcripts(folder / "cards.transcription")
    clips = [(f"card{name}", folder / f"{name}.wav", text) for text, name in cards]
    clips.append(("numbers", _DATA / "numbers.raw", "thirty three four or six ninety two"))
    clips.append(("something", _DATA / "something.raw", "go somewhere and do something"))
    return [_load(*clip) for clip in clips]


def align(samples: np.ndarray, text: str) -> list[tuple[float, float, str]]:
    """Phones (start s, end s, ARPA name, SIL between) by pocketsphinx forced alignment."""
    decoder = Decoder(samprate=16000, loglevel="FATAL")
    raw = (np.clip(samples, -1, 1) * 32767).astype(np.int16).tobytes()
    decoder.set_align_text(text)
    for second in (False, True):
        if second:
            decoder.set_alignment()
        decoder.start_utt()
        decoder.process_raw(raw, full_utt=True)
        decoder.end_utt()
    return [
        (p.start / 100, (p.start + p.duration) / 100, re.sub(r"\d", "", p.name))
        for word in decoder.get_alignment()
        for p in word
    ]


def _load(name: str, path: Path, text: str) -> Recording:
    if path.suffix == ".raw":
        samples = np.fromfile(path, np.int16).astype(np.float32) / 32768
    else:
        samples, rate = soundfile.read(path, dtype="float32")
        samples = to_16k(samples if samples.ndim == 1 else samples.mean(1), rate)
    return Recording(name, samples, align(samples, text))


def _transcripts(path: Path) -> list[tuple[str, str]]:
    """Pairs (text, clip) of a sphinx transcription file."""
    found = []
    for line in path.read_text().splitlines():
        text, _, name = line.rpartition("(")
        found.append((re.sub(r"</?s>", "", text).strip(), name.rstrip(") \n")))
    return found
