"""model.json: what the host reads about an exported folder."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any

import networks as n
from networks import Config

GRAPHS = {
    "whisper": "whisper-encoder.onnx",
    "vaeEncoder": "vae-encoder.onnx",
    "unetVae": "unet-vae.onnx",
    "faceParse": "face-parse.onnx",
}
BATCH_SIZES = [1, 2, 4, 8, 16]
"""What the host warms up and fills: a run of another size costs the device a search for kernels."""
TRAINED = "MIT (MuseTalk 1.5, whisper-tiny, sd-vae-ft-mse)"
PARSER = ", MIT code with weights from CelebAMask-HQ, which is for non-commercial use (face-parse)"
OURS = "Apache-2.0"


def tensors(config: Config) -> dict[str, tuple[dict[str, tuple], dict[str, tuple]]]:
    """A graph's inputs and outputs: name -> (element type, shape)."""
    latent, image = (n.LATENT, n.LATENT), (n.IMAGE, n.IMAGE)
    return {
        "whisper": (
            {"mel": ("float32", ["batch", n.MELS, n.MEL_FRAMES])},
            {"states": ("float32", ["batch", n.MEL_FRAMES // 2, n.STATES, config.width])},
        ),
        "vaeEncoder": (
            {"image": ("float32", ["batch", 3, *image])},
            {"latent": ("float32", ["batch", n.LATENT_CHANNELS, *latent])},
        ),
        "unetVae": (
            {
                "latents": ("float32", ["batch", 2 * n.LATENT_CHANNELS, *latent]),
                "audio": ("float32", ["batch", n.TOKENS, config.width]),
            },
            {"frames": ("uint8", ["batch", *image, 3])},
        ),
        "faceParse": (
            {"image": ("float32", ["batch", 3, n.PARSE, n.PARSE])},
            {"classes": ("uint8", ["batch", n.PARSE, n.PARSE])},
        ),
    }


def write_manifest(folder: Path, config: Config, graphs: list[str], precision: str, source: dict[str, Any]) -> None:
    """Write model.json into a folder that holds everything else."""
    described = {name: tensors(config)[name] for name in graphs}
    license_name = OURS if source["kind"] == "random" else TRAINED + (PARSER if "faceParse" in graphs else "")
    document = {
        "id": "musetalk", "version": "1", "license": license_name, "host": "thread",
        "title": "MuseTalk 1.5: speech and a face to a talking face",
        "precision": precision, "source": source, "tiny": config.tiny,
        "files": [
            {"path": path.name, "bytes": path.stat().st_size, "sha256": sha256(path)}
            for path in sorted(folder.iterdir()) if path.name != "model.json"
        ],
        "inputs": _listed(described, 0),
        "outputs": _listed(described, 1),
        "network": {
            "sampleRate": n.SAMPLE_RATE, "audioFps": n.AUDIO_FPS, "states": n.STATES, "width": config.width,
            "rowsPerFrame": n.ROWS_PER_FRAME, "imageSize": n.IMAGE,
            "latent": {"channels": n.LATENT_CHANNELS, "size": n.LATENT},
            "graphs": {name: GRAPHS[name] for name in graphs}, "batchSizes": BATCH_SIZES,
        },
    }
    (folder / "model.json").write_text(to_json(document), encoding="utf-8")


def to_json(document: dict[str, Any]) -> str:
    """Indented, with innermost lists on one line."""
    def one_line(found: re.Match[str]) -> str:
        return re.sub(r"\s*\n\s*", " ", found[0]).replace("[ ", "[").replace(" ]", "]")

    return re.sub(r"\[[^\[\]{}]*\]", one_line, json.dumps(document, indent=2, ensure_ascii=False)) + "\n"


def sha256(path: Path) -> str:
    """Of a file of any size, in hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def _listed(described: dict[str, tuple], side: int) -> list[dict[str, Any]]:
    return [
        {"graph": GRAPHS[graph], "name": name, "type": kind, "shape": shape}
        for graph, sides in described.items()
        for name, (kind, shape) in sides[side].items()
    ]
