"""Judge the shipped ONNX file on a voice that speaks known sentences, as evaluate.py judges it on real speech.

    python evaluate_voice.py LIST            LIST: lines of a sentence, a tab, and the WAV file in which it is spoken

Every word must be in pocketsphinx's dictionary: no digits, no names that it does not know.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

import numpy as np
import soundfile

from evaluate import on_clips
from runtime import Session
from speech.recordings import Recording, align
from speech.utterance import to_16k

QUIET = np.zeros(3200, np.float32)
"""Put before and after a clip, 0.2 s: a voice may begin at once, and the aligner wants some silence first."""


def spoken(path: Path) -> list[Recording]:
    """The sentences of a list, aligned; those that cannot be are named on stderr and left out."""
    clips = []
    for line in path.read_text(encoding="utf-8").splitlines():
        text, _, file = line.partition("\t")
        samples, rate = soundfile.read(path.parent / file, dtype="float32")
        samples = to_16k(samples if samples.ndim == 1 else samples.mean(1), rate)
        samples = np.concatenate([QUIET, samples, QUIET])
        try:
            clips.append(Recording(Path(file).stem[:14], samples, align(samples, plain(text))))
        except RuntimeError as error:
            print(f"left out: {text} ({error})", file=sys.stderr)
    return clips


def plain(text: str) -> str:
    """Small letters, apostrophes and single spaces: the words as the aligner's dictionary spells them."""
    return re.sub(r"[^a-z']+", " ", text.lower().replace("’", "'")).strip()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("list", type=Path)
    on_clips(Session(), spoken(parser.parse_args().list))
