"""Write mel.tsv and mel.bin: what transformers' feature extractor makes of sounds that noise.py and noise.ts agree on.

    pip install transformers==4.57.1 torch==2.8.0
    python make_mel.py

Each line of mel.tsv is one sound and the frames whose 80 values lie in mel.bin, float32, one frame after the other.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from transformers import WhisperFeatureExtractor

from noise import sound

FOLDER = Path(__file__).parent
SOUNDS = [(48_123, 0.5, 1), (480_000, 0.8, 2), (479_990, 1.0, 3), (20_000, 1e-4, 4), (150, 0.5, 5), (0, 0.0, 6)]
"""Samples, level and seed."""


def frames_to_keep(length: int) -> list[int]:
    """Both ends of the 30 s, the end of the sound, and 30 frames between."""
    end = length // 160
    frames = {*range(4), *range(end - 4, end + 5), *range(2996, 3000), *range(0, end, end // 30 + 1)}
    return sorted(frame for frame in frames if 0 <= frame < 3000)


def main() -> None:
    extract = WhisperFeatureExtractor(feature_size=80)
    lines, values = ["samples\tlevel\tseed\tframes"], []
    for length, level, seed in SOUNDS:
        mel = extract(sound(length, level, seed), sampling_rate=16_000, return_tensors="np").input_features[0]
        frames = frames_to_keep(length)
        values.append(mel[:, frames].T.astype("<f4"))
        lines.append(f"{length}\t{level}\t{seed}\t{','.join(map(str, frames))}")
    (FOLDER / "mel.tsv").write_text("\n".join(lines) + "\n")
    (FOLDER / "mel.bin").write_bytes(np.concatenate(values).tobytes())


if __name__ == "__main__":
    main()
