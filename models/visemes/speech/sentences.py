"""English sentences to be spoken: Debian's `fortunes` and Python's own help topics; pinyin for Mandarin."""

from __future__ import annotations

import re
from pathlib import Path
from pydoc_data import topics

import numpy as np

_FORTUNES = Path("/usr/share/games/fortunes")
_INITIALS = "b p m f d t n l g k h j q x zh ch sh r z c s y w".split()
_FINALS = "a o e i u ai ei ao ou an en ang eng ong ia ie iao iu ian in iang ing ua uo ui uan un uang".split()


def english(rng: np.random.Generator) -> list[str]:
    """Shuffled sentences of 25 to 110 plain letters."""
    text = "\n%\n".join(path.read_text(encoding="utf-8") for path in sorted(_FORTUNES.glob("*.u8")))
    text += "\n".join(topics.topics.values())
    found = {re.sub(r"\s+", " ", s).strip().lower() for s in re.split(r"[.?!;%:]\s|\n\s*\n", text)}
    kept = sorted(s for s in found if 25 < len(s) < 110 and re.fullmatch(r"[a-z ,']+", s))
    return [kept[i] for i in rng.permutation(len(kept))]


def pinyin(rng: np.random.Generator) -> str:
    """Fourteen random syllables with tones: nonsense, but every sound of the language."""
    return " ".join(
        f"{_INITIALS[rng.integers(len(_INITIALS))]}{_FINALS[rng.integers(len(_FINALS))]}{rng.integers(1, 5)}"
        for _ in range(14)
    )
