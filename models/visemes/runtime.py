"""Run the shipped ONNX file as the host does: in chunks, carrying the state."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import onnxruntime

from features import SILENCE

HERE = Path(__file__).parent


class Session:
    """visemes.onnx on one thread."""

    def __init__(self, path: Path = HERE / "visemes.onnx", manifest: Path = HERE / "model.json") -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(str(path), options, ["CPUExecutionProvider"])
        self.manifest = json.loads(manifest.read_text(encoding="utf-8"))
        self.lookahead: int = self.manifest["lookaheadFrames"]

    def initial_state(self) -> np.ndarray:
        return np.zeros(self.manifest["inputs"][1]["shape"], np.float32)

    def step(self, mel: np.ndarray, state: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """mel [frames, 40] -> weights [frames, channels] (late by the look-ahead) and the next state."""
        weights, state = self._session.run(None, {"mel": np.ascontiguousarray(mel.T[None]), "state": state})
        return weights[0].T, state

    def run(self, mel: np.ndarray, chunk: int | None = None) -> np.ndarray:
        """A whole clip, each output at its own frame: the end is flushed with silence, the first outputs dropped."""
        mel = np.concatenate([mel, np.full((self.lookahead, mel.shape[1]), SILENCE, np.float32)])
        state, out = self.initial_state(), []
        for k in range(0, len(mel), chunk or len(mel)):
            weights, state = self.step(mel[k : k + (chunk or len(mel))], state)
            out.append(weights)
        return np.concatenate(out)[self.lookahead :]
