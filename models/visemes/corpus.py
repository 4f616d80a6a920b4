"""Build the training data: synthetic speech, made to sound recorded, as log-mel frames with target curves.

    python corpus.py --out DATA --part 0 --parts 2     (one process a part; the parts together are the corpus)

Writes DATA/{train,held}-<part>.npz with mel [frames, 40] float16 and target [frames, channels] float16, all
utterances end to end. "held" has speakers that "train" never hears: flite's rms and eight espeak variants.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np

from augment import augment, noise_only
from features import log_mel
from speech import flite, sentences
from speech.espeak import LANGUAGES, VARIANTS, Espeak
from speech.hibari import Hibari
from speech.utterance import Utterance
from targets import FRAME_RATE, Segment, curves

HELD_FLITE = "rms"
HELD_ESPEAK = ("f5", "klatt4", "Andy", "m8", "Henrique", "steph2", "zac", "linda")


class Shard:
    """Frames and curves, end to end."""

    def __init__(self) -> None:
        self._mel: list[np.ndarray] = []
        self._target: list[np.ndarray] = []

    @property
    def hours(self) -> float:
        return sum(map(len, self._mel)) / FRAME_RATE / 3600

    def add(self, samples: np.ndarray, segments: list[Segment]) -> None:
        mel = log_mel(samples)
        self._mel.append(mel.astype(np.float16))
        self._target.append(curves(segments, len(mel)).astype(np.float16))

    def save(self, path: Path) -> None:
        np.savez(path, mel=np.concatenate(self._mel), target=np.concatenate(self._target))


def add_augmented(shard: Shard, u: Utterance, babble: np.ndarray, rng: np.random.Generator) -> None:
    """One recording of `u`, and one time in ten nobody speaking after it."""
    samples, delay, stretch = augment(u.samples, babble, rng, warp=0.25 if u.voice.startswith("hibari") else 0.7)
    moved = [Segment(delay + stretch * s.start, delay + stretch * s.end, s.visemes) for s in u.segments]
    shard.add(samples, moved)
    if rng.random() < 0.1:
        quiet = noise_only(rng.uniform(0.5, 4), babble, rng)
        shard.add(quiet, [Segment(0, len(quiet) / 16000, ("sil",))])


def build(args: argparse.Namespace) -> None:
    rng = np.random.default_rng([args.seed, args.part])
    texts = sentences.english(np.random.default_rng(args.seed))[args.part :: args.parts]
    text = iter(texts * 2)
    train, held = Shard(), Shard()
    babble = np.zeros(0, np.float32)
    began = time.time()

    def take(u: Utterance, shard: Shard, copies: int) -> None:
        nonlocal babble
        if len(u.samples) > 8000:
            babble = u.samples if rng.random() < 0.3 or not len(babble) else babble
            for _ in range(copies):
                add_augmented(shard, u, babble, rng)

    espeak = Espeak()
    for _ in range(args.espeak // args.parts):
        language, variant = (names[rng.integers(len(names))] for names in (LANGUAGES, VARIANTS))
        spoken = sentences.pinyin(rng) if language.startswith("cmn") else next(text)
        is_held = variant in HELD_ESPEAK
        take(espeak.say(spoken, f"{language}+{variant}", rng), held if is_held else train, 1)
    print(f"espeak {time.time() - began:.0f} s, {train.hours:.2f} h", flush=True)
    for k in range(args.flite // args.parts):
        voice = flite.VOICES[k % len(flite.VOICES)]
        is_held = voice == HELD_FLITE
        if is_held and k % 16 != 1:
            continue
        take(flite.say(next(text), voice, rng), held if is_held else train, 1 if is_held else 2)
    print(f"flite {time.time() - began:.0f} s, {train.hours:.2f} h", flush=True)
    hibari = Hibari()
    for _ in range(args.hibari // args.parts):
        for u in hibari.say(next(text), args.speakers, rng):
            take(u, train, 1)
    print(f"hibari {time.time() - began:.0f} s, {train.hours:.2f} h, held {held.hours:.2f} h", flush=True)
    args.out.mkdir(parents=True, exist_ok=True)
    train.save(args.out / f"train-{args.part}.npz")
    held.save(args.out / f"held-{args.part}.npz")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, required=True, help="folder for the data (0.5 GB: not in the repository)")
    parser.add_argument("--part", type=int, default=0)
    parser.add_argument("--parts", type=int, default=1)
    parser.add_argument("--espeak", type=int, default=2000, help="utterances, all parts together")
    parser.add_argument("--flite", type=int, default=2400)
    parser.add_argument("--hibari", type=int, default=1600)
    parser.add_argument("--speakers", type=int, default=4, help="made-up speakers for each hibari utterance")
    parser.add_argument("--seed", type=int, default=1)
    build(parser.parse_args())
