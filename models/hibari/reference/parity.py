"""Writes what the parity check compares with, made by the Python package as it is (a black box: its public calls and
its ONNX file), and shows on the way that formula.py is the package's own formula.

    python -m venv .venv && .venv/bin/pip install -r requirements.txt
    .venv/bin/python parity.py parity-data
    PHIZ_TEST_HIBARI=<installed folder> PHIZ_TEST_HIBARI_PARITY=parity-data npx vitest run test/hibari-parity.test.ts
"""

import importlib.util
import json
import sys
import wave
from pathlib import Path

import numpy as np
import onnxruntime
from hibari import Hibari

from formula import package_noise, waveform

SENTENCES = [
    "Hello there.",
    "She sells sea shells by the sea shore, doesn't she?",
    "The quick brown fox jumps over the lazy dog, and all of the other animals watched it go.",
    "Thirty-three thieves thought that they thrilled the throne throughout Thursday!",
    "A year ago we measured how low a voyage through the azure would take our young crew.",
]


def write_wave(path: Path, sound: np.ndarray) -> None:
    """The fixture src/stages/speech/hibari/fixtures/hello-there.wav: the package's sound less its noise."""
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 24_000, 0, "NONE", ""))
        file.writeframes(np.round(sound * 32767).astype("<i2").tobytes())


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    assets = Path(importlib.util.find_spec("hibari").submodule_search_locations[0]) / "assets"
    vocabulary = json.loads((assets / "vocab.json").read_text())
    # One thread, as the package and phiz have: with two, the graph's int8 sums round differently, 1e-2 in the sound.
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    graph = onnxruntime.InferenceSession(assets / "hibari.onnx", options)
    names = [output.name for output in graph.get_outputs()]
    voice = Hibari()
    utterances = []
    for seed, sentence in enumerate(SENTENCES):
        phonemes = " ".join(voice.phonemize(sentence))
        ids = [vocabulary[symbol] for symbol in phonemes]
        sound = voice.from_phonemes(phonemes, seed=seed)
        outputs = graph.run(None, {"ids": np.array([[0, *ids, 0]]), "speed": np.array([1], np.float32)})
        parts = {name: output[0] for name, output in zip(names, outputs)}
        noise = package_noise(seed, len(parts["f0"]))
        error = np.abs(waveform(parts, noise) - sound).max()
        print(f"{len(sound) / 24000:5.2f} s  formula.py differs by {error:.1e}  {sentence}")
        np.stack([noise.real, noise.imag], -1).astype("<f4").tofile(folder / f"{seed}.noise.f32")
        sound.astype("<f4").tofile(folder / f"{seed}.sound.f32")
        if seed == 0:
            write_wave(folder / "hello-there.wav", sound - (waveform(parts, noise) - waveform(parts, None)))
        utterances.append({"name": str(seed), "sentence": sentence, "ids": ids})
    (folder / "utterances.json").write_text(json.dumps(utterances))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
