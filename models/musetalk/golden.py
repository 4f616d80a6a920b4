"""Write test/golden/musetalk: a tiny model, and what every step of MuseTalk makes of a sentence and a face with it.

    python golden.py        (in requirements.txt's environment: OpenCV and Pillow are the measure of some steps)

golden.json, golden.bin   name -> {offset, dtype, shape}, and the numbers
*.png                     pictures: the frame, the parser's classes that were drawn, and parts of the mask
checksums.json            name -> {shape, sha256, file?}: of every picture, those that are not kept too; sha256 of the
                          bytes, uint8 [height, width (, 3)]. And numbers about the mel behind what is kept of it.
model/                    the exported folder
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from export import export
from golden_audio import golden_audio
from golden_avatar import golden_avatar
from manifest import to_json
from networks import TINY, Networks, build
from random_weights import randomise

ROOT = Path(__file__).resolve().parents[2]
OUTPUT = ROOT / "test" / "golden" / "musetalk"
SPEECH = ROOT / "test" / "media" / "speech-en-3s.wav"
PORTRAIT = ROOT / "test" / "media" / "portrait-astronaut.png"
SEED = 7
FACES = 4
"""Frames, from the first, whose faces are made."""
TOKEN_FRAMES = [0, 1, 2, 3, 30, 58, 59]


def tiny() -> Networks:
    """The networks of the tiny model, as published."""
    networks = build(TINY)
    randomise(networks, SEED)
    return networks


def write_tensors(folder: Path, tensors: dict[str, np.ndarray]) -> None:
    """golden.bin, little-endian, each tensor at a multiple of four bytes, and its index."""
    index, blob = {}, bytearray()
    for name, tensor in tensors.items():
        assert tensor.dtype in (np.float32, np.int32, np.uint8), name
        index[name] = {"offset": len(blob), "dtype": tensor.dtype.name, "shape": list(tensor.shape)}
        blob += np.ascontiguousarray(tensor).tobytes()
        blob += bytes(-len(blob) % 4)
    (folder / "golden.bin").write_bytes(blob)
    (folder / "golden.json").write_text(to_json(index), encoding="utf-8")


def checksum(picture: np.ndarray) -> dict[str, Any]:
    """What is kept of a picture where the picture is not."""
    return {"shape": list(picture.shape), "sha256": hashlib.sha256(np.ascontiguousarray(picture).tobytes()).hexdigest()}


def main() -> None:
    OUTPUT.mkdir(parents=True, exist_ok=True)
    export(tiny(), {"kind": "random", "seed": SEED}, "fp32", OUTPUT / "model")
    networks = tiny()
    audio, numbers = golden_audio(networks, SPEECH, TOKEN_FRAMES)
    avatar, pictures, steps = golden_avatar(networks, PORTRAIT, audio["tokens"][:FACES])
    write_tensors(OUTPUT, {**audio, **avatar})
    checksums = {name: checksum(picture) for name, picture in steps.items()}
    for name, picture in pictures.items():
        Image.fromarray(picture).save(OUTPUT / f"{name}.png", optimize=True)
        checksums[name] = {**checksum(picture), "file": f"{name}.png"}
    (OUTPUT / "checksums.json").write_text(to_json({**checksums, **numbers}), encoding="utf-8")


if __name__ == "__main__":
    main()
