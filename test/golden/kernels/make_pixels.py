"""Write cases.tsv and outputs.bin: what OpenCV and Pillow make of pictures that noise.py and noise.ts agree on.

    pip install opencv-python-headless==4.9.0.80 'numpy<2' Pillow==11.3.0
    python make_pixels.py

Each line of cases.tsv names a kernel, its sizes and the CRC-32 of the oracle's output; where the last column is not
empty, the output itself lies in outputs.bin from there on.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
from PIL import Image

from noise import noise, picture

FOLDER = Path(__file__).parent
STORED_BYTES = 6000
"""The first outputs of a kernel up to this size altogether are stored in full."""


class Case(NamedTuple):
    kernel: str
    width: int
    height: int
    target_width: int
    target_height: int
    channels: int
    option: str
    content: str
    seed: int


def resized(interpolation: int) -> Callable[[np.ndarray, Case], np.ndarray]:
    return lambda image, case: cv2.resize(
        image, (case.target_width, case.target_height), interpolation=interpolation
    )


def pillow_resized(filter: Image.Resampling) -> Callable[[np.ndarray, Case], np.ndarray]:
    return lambda image, case: np.asarray(
        Image.fromarray(image).resize((case.target_width, case.target_height), filter)
    )


def blurred(image: np.ndarray, case: Case) -> np.ndarray:
    size = int(case.option)
    return cv2.GaussianBlur(image, (size, size), 0)


def element(name: str) -> np.ndarray:
    """`ellipse-WxH`, `full-WxH` or `noise-WxH`: a quarter of the pixels, by their hash."""
    shape, size = name.split("-")
    width, height = (int(side) for side in size.split("x"))
    if shape == "ellipse":
        return cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (width, height))
    if shape == "full":
        return np.ones((height, width), np.uint8)
    return (noise(width * height, width + height) >= 192).astype(np.uint8).reshape(height, width)


def pasted(image: np.ndarray, case: Case) -> np.ndarray:
    """Over `image` comes noise of the next seed, through a mask of the one after."""
    under = Image.fromarray(image)
    size = case.width, case.height
    over = Image.fromarray(picture("noise", *size, case.channels, case.seed + 1))
    under.paste(over, (0, 0), Image.fromarray(picture("noise", *size, 1, case.seed + 2)))
    return np.asarray(under)


ORACLES: dict[str, Callable[[np.ndarray, Case], np.ndarray]] = {
    "linear": resized(cv2.INTER_LINEAR),
    "lanczos4": resized(cv2.INTER_LANCZOS4),
    "bilinear": pillow_resized(Image.Resampling.BILINEAR),
    "bicubic": pillow_resized(Image.Resampling.BICUBIC),
    "blur": blurred,
    "dilate": lambda image, case: cv2.dilate(image, element(case.option)),
    "erode": lambda image, case: cv2.erode(image, element(case.option)),
    "paste": pasted,
}

RESIZES = [
    *[(7, 5, 13, 11), (13, 11, 7, 5), (1, 1, 1, 1), (1, 1, 5, 7), (5, 1, 3, 9), (1, 7, 4, 4), (2, 3, 11, 2)],
    *[(2, 2, 4, 4), (4, 4, 2, 2), (3, 3, 2, 2), (8, 8, 16, 16), (16, 16, 8, 8), (33, 47, 33, 47), (20, 9, 40, 4)],
    *[(64, 64, 75, 90), (100, 100, 64, 64), (90, 80, 30, 20), (61, 59, 60, 60), (256, 256, 300, 360)],
    *[(256, 256, 127, 201), (300, 310, 256, 256), (3, 200, 9, 13), (512, 512, 190, 190), (150, 150, 512, 512)],
]


def resize_cases(kernel: str, rng: np.random.Generator) -> list[Case]:
    sizes = RESIZES + [tuple(int(v) for v in rng.integers(1, 70, 4)) for _ in range(50)]
    return [
        Case(kernel, *size, channels, "-", content, seed)
        for seed, size in enumerate(sizes)
        for channels in (1, 3)
        for content in ("noise", "extreme")
        if max(size) < 100 or (channels, content) == (3, "noise")
    ]


def blur_cases() -> list[Case]:
    every = [(41, 37, size) for size in range(1, 153, 2)]
    edges = [(1, 1, 5), (1, 20, 9), (20, 1, 9), (2, 2, 31), (3, 70, 61), (150, 150, 31), (4, 5, 3)]
    return [
        Case("blur", width, height, width, height, channels, str(size), content, size + channels)
        for width, height, size in every + edges
        for channels, content in ((1, "noise"), (1, "sparse"), (3, "noise"))
    ]


def morphology_cases() -> list[Case]:
    elements = ["ellipse-35x3", "ellipse-5x5", "ellipse-9x6", "full-3x3", "full-4x2", "full-1x1", "noise-7x5"]
    sizes = [(40, 31), (1, 1), (5, 90), (90, 2), (64, 64)]
    return [
        Case(kernel, *size, *size, 1, name, content, seed)
        for kernel in ("dilate", "erode")
        for seed, (size, name) in enumerate((size, name) for size in sizes for name in [*elements, "noise-33x33"])
        for content in ("noise", "sparse", "extreme")
    ]


def paste_cases() -> list[Case]:
    return [
        Case("paste", *size, *size, channels, "-", "noise", seed)
        for seed, size in enumerate([(20, 30), (1, 1), (256, 256), (301, 17)])
        for channels in (1, 3)
    ]


def main() -> None:
    rng = np.random.default_rng(8)
    cases = [case for kernel in ("linear", "lanczos4", "bilinear", "bicubic") for case in resize_cases(kernel, rng)]
    cases += blur_cases() + morphology_cases() + paste_cases()
    lines = ["\t".join([*Case._fields, "crc", "stored_at"])]
    stored = bytearray()
    room = dict.fromkeys(ORACLES, STORED_BYTES)
    for case in cases:
        image = picture(case.content, case.width, case.height, case.channels, case.seed)
        output = np.ascontiguousarray(ORACLES[case.kernel](image, case)).tobytes()
        at = ""
        if len(output) <= room[case.kernel]:
            at = str(len(stored))
            room[case.kernel] -= len(output)
            stored += output
        lines.append("\t".join([*map(str, case), f"{zlib.crc32(output):08x}", at]))
    (FOLDER / "cases.tsv").write_text("\n".join(lines) + "\n")
    (FOLDER / "outputs.bin").write_bytes(stored)
    print(f"{len(cases)} cases, OpenCV {cv2.__version__}, Pillow {Image.__version__}")


if __name__ == "__main__":
    main()
