"""How many words of spoken sentences an independent recogniser gets wrong: pocketsphinx, with its own English model.

    pip install pocketsphinx==5.1.1 soundfile==0.14.0 scipy==1.17.1
    python recognise.py LIST...              LIST: lines of a sentence, a tab, and the WAV file in which it is spoken

Prints for each list its word error rate, (substitutions + insertions + deletions) / words; with --all, also what was
recognised wherever that differs. The rates say how voices compare, not how well people understand them: this
recogniser is an old one, and misses words of good recordings too.
"""

from __future__ import annotations

import argparse
import re
from math import gcd
from pathlib import Path

import numpy as np
import soundfile
from pocketsphinx import Decoder
from scipy.signal import resample_poly

RATE = 16000
"""Hz; what the recogniser's English model was made for."""
PADDING = np.zeros(RATE // 4)
"""Silence put before and after: a voice that begins at once would lose its first word."""
LEVEL = 0.05
"""Root mean square that every clip is brought to, so that no voice wins by being louder."""


def words(text: str) -> list[str]:
    """The words of a sentence, in small letters and without punctuation."""
    return re.findall(r"[a-z']+", text.lower().replace("’", "'"))


def errors(said: list[str], heard: list[str]) -> int:
    """Least number of substitutions, insertions and deletions that turn what was said into what was heard."""
    row = list(range(len(heard) + 1))
    for i, word in enumerate(said, 1):
        diagonal, row[0] = row[0], i
        for j, other in enumerate(heard, 1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (word != other))
    return row[-1]


def clip(path: Path) -> bytes:
    """A WAV file as the recogniser wants it: 16-bit, mono, 16 kHz, of one level, with silence around it."""
    samples, rate = soundfile.read(path, dtype="float64")
    samples = samples if samples.ndim == 1 else samples.mean(1)
    common = gcd(rate, RATE)
    samples = resample_poly(samples, RATE // common, rate // common)
    samples *= LEVEL / np.sqrt((samples**2).mean() + 1e-12)
    samples = np.clip(np.concatenate([PADDING, samples, PADDING]), -1, 1)
    return (samples * 32767).astype(np.int16).tobytes()


def recognise(path: Path) -> list[str]:
    """The words heard in a file. Each file gets a decoder of its own: one adapts to what it has heard before."""
    decoder = Decoder(samprate=RATE, loglevel="FATAL")
    decoder.start_utt()
    decoder.process_raw(clip(path), full_utt=True)
    decoder.end_utt()
    found = decoder.hyp()
    return words(found.hypstr) if found else []


def judge(listing: Path, show: bool) -> str:
    """One line of figures for a list."""
    wrong = total = whole = count = 0
    for line in listing.read_text(encoding="utf-8").splitlines():
        text, _, file = line.partition("\t")
        said, heard = words(text), recognise(listing.parent / file)
        missed = errors(said, heard)
        wrong, total, whole, count = wrong + missed, total + len(said), whole + (missed == 0), count + 1
        if show and missed:
            print(f"  {missed} of {len(said)}: {' '.join(said)}\n        heard: {' '.join(heard)}")
    return f"{listing.name}: {wrong} of {total} words, {wrong / total:.1%}; {whole} of {count} sentences without error"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("lists", type=Path, nargs="+")
    parser.add_argument("--all", action="store_true", help="show each sentence that was not recognised whole")
    options = parser.parse_args()
    for listing in options.lists:
        print(judge(listing, options.all))
