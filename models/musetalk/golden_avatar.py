"""From a frame and its landmarks to latents, mask and composed frame, as MuseTalk 1.5's realtime program does it.

OpenCV and Pillow do the work of OpenCV and Pillow. Everything is RGB: no step but the two networks mixes channels.
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import torch
from PIL import Image, ImageDraw

import published
from networks import IMAGE, PARSE, Networks

WIDTH, HEIGHT = 320, 400
EXTRA_MARGIN = 10
EXPAND = 1.5
CHEEK = 90
"""Half the columns, of 512, between the cheeks."""
SKIN, NOSE, MOUTH = 1, 10, (11, 12, 13)
UPPER = 0.5
"""Share of the square, from its top, that is never touched."""
BLUR = 0.1
IMAGENET_MEAN, IMAGENET_STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


def draw_frame(portrait: Path) -> np.ndarray:
    """The head of the portrait, so large that the square around the face leaves the frame on both sides."""
    head = Image.open(portrait).convert("RGB").crop((125, 10, 325, 260))
    return np.array(head.resize((WIDTH, HEIGHT), Image.BICUBIC))


def draw_landmarks() -> np.ndarray:
    """68 points in the order of iBUG that fit that head roughly; whole numbers, as the original truncates them."""
    def arc(count: int, x: float, y: float, rx: float, ry: float, start: float, end: float) -> np.ndarray:
        angle = np.radians(np.linspace(start, end, count))
        return np.stack([x + rx * np.cos(angle), y + ry * np.sin(angle)], axis=1)

    nose = np.array([[161, 148], [161, 163], [161, 178], [161, 193]], float)
    parts = [
        arc(17, 162, 168, 74, 120, 180, 0),
        arc(5, 126, 136, 22, 12, 200, 340), arc(5, 196, 136, 22, 12, 200, 340),
        nose, arc(5, 161, 198, 16, 8, 160, 20),
        arc(6, 126, 148, 12, 6, 180, 480), arc(6, 196, 148, 12, 6, 180, 480),
        arc(12, 161, 228, 30, 14, 180, 510), arc(8, 161, 228, 22, 7, 180, 495),
    ]
    return np.concatenate(parts).astype(np.int32)


def face_box(landmarks: np.ndarray, height: int) -> list[int]:
    """[x1, y1, x2, y2]: the point 29 of the nose is the middle of it, before the margin below the chin."""
    middle, lowest = int(landmarks[29, 1]), int(landmarks[:, 1].max())
    top = max(0, middle - (lowest - middle))
    return [int(landmarks[:, 0].min()), top, int(landmarks[:, 0].max()), min(lowest + EXTRA_MARGIN, height)]


def square_around(box: list[int]) -> list[int]:
    """The square that is blended; it may leave the frame."""
    x1, y1, x2, y2 = box
    cx, cy, half = (x1 + x2) // 2, (y1 + y2) // 2, int(max(x2 - x1, y2 - y1) // 2 * EXPAND)
    return [cx - half, cy - half, cx + half, cy + half]


def draw_classes() -> np.ndarray:
    """A face as a parser might see it, 512 x 512: background, hair, skin, neck, brows, eyes, nose, lips."""
    image = Image.new("L", (PARSE, PARSE), 0)
    draw = ImageDraw.Draw(image)
    for fill, shape in (
        (17, (110, 0, 400, 300)), (14, (190, 330, 330, 511)), (SKIN, (150, 70, 366, 425)),
        (2, (185, 170, 235, 185)), (3, (280, 170, 330, 185)), (4, (192, 195, 232, 212)), (5, (284, 195, 324, 212)),
        (NOSE, (232, 215, 284, 290)),
        (12, (205, 318, 311, 345)), (11, (220, 333, 296, 352)), (13, (210, 344, 306, 372)),
    ):
        draw.ellipse(shape, fill=fill)
    draw.rectangle((352, 300, 371, 330), fill=SKIN)
    return np.array(image)


def cone() -> np.ndarray:
    """The 33 x 33 kernel that grows the skin, further upward than downward."""
    kernel = np.zeros((33, 33), np.uint8)
    for row in range(10, 33):
        reach = min(row - 10, 10)
        kernel[row, 16 - reach : 17 + reach] = 1
    return kernel


def jaw_mask(classes: np.ndarray, box: list[int], square: list[int]) -> dict[str, np.ndarray]:
    """Every step of the mask in jaw mode, by name; the last is the mask of the square."""
    steps: dict[str, np.ndarray] = {}
    steps["dilated"] = cv2.dilate((classes == SKIN).astype(np.uint8) * 255, cone())
    flat = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (35, 3))
    steps["eroded"] = cv2.erode(steps["dilated"], flat, iterations=2)
    columns = np.arange(PARSE)
    cheeks = (columns <= PARSE // 2 - CHEEK) | (columns >= PARSE // 2 + CHEEK)
    region = np.where(cheeks, steps["eroded"], steps["dilated"])
    chosen = ((region == 255) & (classes != NOSE)) | np.isin(classes, MOUTH)
    steps["region"] = np.where(chosen, 255, 0).astype(np.uint8)
    side, (left, top) = square[2] - square[0], square[:2]
    steps["resized"] = np.array(Image.fromarray(steps["region"]).resize((side, side)))
    inside = np.zeros_like(steps["resized"])
    rows, cols = slice(box[1] - top, box[3] - top), slice(box[0] - left, box[2] - left)
    inside[rows, cols] = steps["resized"][rows, cols]
    steps["in_box"] = inside
    lower = inside.copy()
    lower[: int(side * UPPER)] = 0
    steps["lower"] = lower
    kernel = int(BLUR * side // 2 * 2) + 1
    steps["mask"] = cv2.GaussianBlur(lower, (kernel, kernel), 0)
    return steps


def compose(frame: np.ndarray, face: np.ndarray, box: list[int], square: list[int], mask: np.ndarray) -> np.ndarray:
    """The face, already of the size of the box, in the frame."""
    body = Image.fromarray(frame)
    cut = body.crop(square)
    cut.paste(Image.fromarray(face), (box[0] - square[0], box[1] - square[1]))
    body.paste(cut, tuple(square[:2]), Image.fromarray(mask))
    return np.array(body)


def to_signed(crop: np.ndarray) -> torch.Tensor:
    """uint8 [256, 256, 3] -> [1, 3, 256, 256] in -1..1"""
    return torch.from_numpy((crop / 255.0).transpose(2, 0, 1)[None].astype(np.float32)) * 2 - 1


def golden_avatar(
    networks: Networks, portrait: Path, tokens: np.ndarray
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray], dict[str, np.ndarray]]:
    """tokens [frames, 50, width] -> tensors, pictures, and steps of which a checksum is kept."""
    frame, landmarks, classes = draw_frame(portrait), draw_landmarks(), draw_classes()
    box = face_box(landmarks, HEIGHT)
    square = square_around(box)
    x1, y1, x2, y2 = box
    crop = cv2.resize(frame[y1:y2, x1:x2], (IMAGE, IMAGE), interpolation=cv2.INTER_LANCZOS4)
    image = to_signed(crop)
    latents = torch.cat([published.latent(networks, published.masked(image)), published.latent(networks, image)], dim=1)
    steps = jaw_mask(classes, box, square)

    kept = latents.half().float().expand(len(tokens), -1, -1, -1)  # as they are kept for an avatar
    predicted = published.predicted(networks, kept, torch.from_numpy(tokens))
    faces = published.frames(networks, predicted).numpy()
    resized = cv2.resize(faces[0], (x2 - x1, y2 - y1))
    composed = compose(frame, resized, box, square, steps["mask"])

    parse_input = np.array(Image.fromarray(frame).crop(square).resize((PARSE, PARSE), Image.BILINEAR))
    normal = ((parse_input / 255.0 - IMAGENET_MEAN) / IMAGENET_STD).transpose(2, 0, 1)[None].astype(np.float32)
    parsed = published.classes(networks, torch.from_numpy(normal))[0].numpy()

    changed = np.nonzero((composed != frame).any(axis=2))
    roi = [int(changed[1].min()), int(changed[0].min()), int(changed[1].max()) + 1, int(changed[0].max()) + 1]
    tensors = {
        "landmarks": landmarks, "box": np.array(box, np.int32), "square": np.array(square, np.int32),
        "crop_every_4th": crop[::4, ::4], "latents": latents[0].numpy(), "predicted": predicted.numpy(),
        "faces_every_4th": faces[:, ::4, ::4], "face_0": faces[0], "changed": np.array(roi, np.int32),
        "composed_0_changed": composed[roi[1] : roi[3], roi[0] : roi[2]],
    }
    pictures = {"frame": frame, "classes": classes, "region": steps["region"], "mask": steps["mask"], "parsed": parsed}
    checked = {"crop": crop, "parse_input": parse_input, **steps, "resized_0": resized}
    checked["composed_0"] = composed
    return tensors, pictures, checked
