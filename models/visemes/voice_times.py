"""How far hibari's own durations are from its sound: against forced alignment, and against the hiss of s, z and sh.

    python voice_times.py INSTALLED SENTENCES    INSTALLED: the folder that `phiz models where hibari` prints
                                                 SENTENCES: a text file, one sentence a line

A positive time is a label that comes after the sound. A stress mark's time is counted to the vowel that follows, a
space's by halves to the phones on both sides of it. The package is used as a black box: text to phonemes to sound.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime
from hibari import Hibari

from evaluate_voice import plain
from speech.recordings import align
from speech.utterance import to_16k

UNIT_MS = 25
"""A unit of the output `durations` (models/hibari/README.md)."""
ARPA = dict(zip("AIOWYTiɪᵻɛæɑɔʊuʌəᵊɐɜɹjʤʧʃʒθðŋɡh", (
    "EY AY OW AW OY T IY IH IH EH AE AA AO UH UW AH AH AH AH ER R Y JH CH SH ZH TH DH NG G HH".split()), strict=True))
"""Letters of the voice's alphabet whose capital is not their ARPA name."""
VOWELS = frozenset("AA AE AH AO AW AY EH ER EY IH IY OW OY UH UW".split())
CLASSES = {
    "vowels": VOWELS, "m b p": frozenset("MBP"), "t d k g": frozenset("TDKG"),
    "f v th dh": frozenset(("F", "V", "TH", "DH")), "s z sh zh ch jh": frozenset(("S", "Z", "SH", "ZH", "CH", "JH")),
    "n ng": frozenset(("N", "NG")), "l r w y hh": frozenset(("L", "R", "W", "Y", "HH")),
}
_HISS_HZ, _HISS_SHARE = 3500, 0.4
"""A moment hisses when more than this share of its energy lies above."""


@dataclass
class Phone:
    """An ARPA phone with its label, in milliseconds."""

    name: str
    start: float
    end: float


def labels(phonemes: str, units: np.ndarray) -> list[Phone]:
    """The phones of a string of the voice's alphabet, from the durations of its ids (with a 0 at both ends)."""
    out: list[Phone] = []
    clock, start = units[0] * UNIT_MS, None
    for symbol, length in zip(phonemes, units[1:] * UNIT_MS):
        begin, clock = clock, clock + length
        if symbol in "ˈˌ":
            start = begin if start is None else start
        elif symbol == " ":
            start = begin + length / 2
            if out and out[-1].end == begin:
                out[-1].end = start
        elif symbol in ARPA or symbol.isalpha():
            name = ARPA.get(symbol, symbol.upper())
            if name == "R" and out and out[-1].end == begin and out[-1].name in ("ER", "AH"):
                out[-1] = Phone("ER", out[-1].start, clock)
            else:
                out.append(Phone(name, begin if start is None else start, clock))
            start = None
    return out


def pairs(said: list[str], heard: list[str]) -> list[tuple[int, int]]:
    """Positions at which two rows of phones say the same, by the least number of edits."""
    cost = np.zeros((len(said) + 1, len(heard) + 1))
    cost[:, 0], cost[0] = np.arange(len(said) + 1), np.arange(len(heard) + 1)
    price = [[0 if a == b else 0.5 if (a in VOWELS) == (b in VOWELS) else 1.5 for b in heard] for a in said]
    for i, row in enumerate(price, 1):
        for j, p in enumerate(row, 1):
            cost[i, j] = min(cost[i - 1, j] + 1, cost[i, j - 1] + 1, cost[i - 1, j - 1] + p)
    i, j, found = len(said), len(heard), []
    while i and j:
        if cost[i, j] == cost[i - 1, j - 1] + price[i - 1][j - 1]:
            i, j = i - 1, j - 1
            if price[i][j] == 0:
                found.append((i, j))
        elif cost[i, j] == cost[i - 1, j] + 1:
            i -= 1
        else:
            j -= 1
    return found[::-1]


def hiss(samples: np.ndarray, start: float, end: float) -> tuple[float, float] | None:
    """Where the hiss in and about [start, end) s begins and ends, in ms; None when there is none of 40 to 200 ms."""
    hop, window = 40, 256
    view = np.lib.stride_tricks.sliding_window_view(np.pad(samples, window // 2), window)[::hop]
    power = np.abs(np.fft.rfft(view * np.hanning(window), 512)) ** 2
    total = power.sum(1)
    share = power[:, _HISS_HZ * 512 // 16000 :].sum(1) / (total + 1e-9)
    hisses = (share > _HISS_SHARE) & (total > 1e-4 * total.max())
    first = last = max(range(max(0, int(start * 400) - 8), int(end * 400) + 8), key=lambda k: share[k] * hisses[k])
    while first > 0 and hisses[first - 1]:
        first -= 1
    while last < len(hisses) - 1 and hisses[last + 1]:
        last += 1
    return (first * 2.5 - 1.25, last * 2.5 + 1.25) if 40 < (last - first) * 2.5 < 200 else None


def measure(folder: Path, sentences: list[str], speed: float) -> None:
    """Speaks the sentences and prints the table."""
    session = onnxruntime.InferenceSession(str(folder / "hibari.onnx"))
    vocabulary = json.loads((folder / "vocab.json").read_text(encoding="utf-8"))
    voice = Hibari()
    rows: dict[str, list[float]] = {name: [] for name in CLASSES}
    hissing: list[tuple[float, float]] = []
    for seed, text in enumerate(sentences):
        phonemes = "".join(c for c in " ".join(voice.phonemize(text)) if c in vocabulary)
        ids = np.array([[0, *(vocabulary[c] for c in phonemes), 0]], np.int64)
        (units,) = session.run(["durations"], {"ids": ids, "speed": np.array([speed], np.float32)})
        samples = to_16k(voice.from_phonemes(phonemes, speed=speed, seed=seed), 24000)
        try:
            aligned = [p for p in align(samples, plain(text)) if p[2] != "SIL"]
        except RuntimeError:  # a word outside the aligner's dictionary
            continue
        said = labels(phonemes, units)
        for i, j in pairs([p.name for p in said], [p[2] for p in aligned]):
            phone, (start, end, name) = said[i], aligned[j]
            middle, reference = (phone.start + phone.end) / 2, (start + end) * 500
            rows[next(c for c, members in CLASSES.items() if name in members)].append(middle - reference)
            alone = all(p[2] in VOWELS | set("MNLRWYB") for p in aligned[max(0, j - 1) : j + 2 : 2])
            if name in ("S", "Z", "SH") and alone and 0 < j < len(aligned) - 1:
                heard = hiss(samples, start, end)
                if heard and abs(sum(heard) / 2 - reference) < 35:
                    hissing.append((middle - sum(heard) / 2, sum(heard) / 2 - reference))
    rows["all"] = [value for values in rows.values() for value in values]
    print(f"speed {speed}: middle of the label, ms after the middle of        median  quartiles")
    for name, values in rows.items():
        print(f"  the aligned phone: {name:16} ({len(values)})", *np.percentile(values, (50, 25, 75)).round(1))
    for name, values in zip(("the hiss", "the aligned phone: the hiss itself"), zip(*hissing)):
        print(f"  {name} ({len(values)})", *np.percentile(values, (50, 25, 75)).round(1))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("installed", type=Path)
    parser.add_argument("sentences", type=Path)
    args = parser.parse_args()
    for speed in (1.0, 0.8, 1.25):
        measure(args.installed, args.sentences.read_text(encoding="utf-8").splitlines(), speed)
