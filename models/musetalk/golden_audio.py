"""From a waveform to the UNet's audio tokens, as MuseTalk 1.5 cuts them."""

from __future__ import annotations

import math
import wave
from pathlib import Path

import numpy as np
import torch
from transformers import WhisperFeatureExtractor

import published
from networks import AUDIO_FPS, ROWS_PER_FRAME, SAMPLE_RATE, TOKENS, Networks

PAD = 2
"""Video frames of audio before and after a frame's own."""
RATES = (25, 30, 24, 20, 15)
MEL_KEPT, ROWS_KEPT = 260, 140


def read_speech(path: Path, samples: int) -> np.ndarray:
    """The first samples of a 16 kHz mono recording, as int16."""
    with wave.open(str(path)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (SAMPLE_RATE, 1, 2)
        return np.frombuffer(file.readframes(samples), "<i2")


def log_mel(pcm: np.ndarray) -> torch.Tensor:
    """int16 -> [80, 3000] by the feature extractor that the original uses."""
    extract = WhisperFeatureExtractor()
    features = extract(pcm.astype(np.float32) / 32768, sampling_rate=SAMPLE_RATE, return_tensors="pt")
    return features.input_features[0]


def window_rows(samples: int, fps: int) -> np.ndarray:
    """[frames, 10]: the rows of states that a frame looks at, -1 for a row of zeros.

    The original pads the rows in front and behind and counts in the padded ones; a row past the end of the audio is
    zeros even where the encoder, which always hears 30 s, has something to say about the silence there.
    """
    rows, frames = math.floor(samples / SAMPLE_RATE * AUDIO_FPS), math.floor(samples / SAMPLE_RATE * fps)
    step = AUDIO_FPS / fps
    first = np.array([math.floor(frame * step) - math.ceil(step) * PAD for frame in range(frames)])
    table = first[:, None] + np.arange(ROWS_PER_FRAME)
    return np.where((table >= 0) & (table < rows), table, -1).astype(np.int32)


def chunks(states: np.ndarray, table: np.ndarray) -> np.ndarray:
    """states [rows, 5, width], table [frames, 10] -> [frames, 50, width], a row's five states one after the other."""
    padded = np.concatenate([states, np.zeros_like(states[:1])])
    return padded[table].reshape(len(table), TOKENS, -1)


def golden_audio(networks: Networks, speech: Path, shown: list[int]) -> tuple[dict[str, np.ndarray], dict]:
    """Tensors of every step for 2.4 s (chunks and tokens of the frames `shown`, at 25 fps), and the rest of the mel."""
    pcm = read_speech(speech, 12 * SAMPLE_RATE // 5)
    mel = log_mel(pcm)
    states = published.states(networks, mel[None])[0].numpy()
    tables = {f"rows_{fps}": window_rows(len(pcm), fps) for fps in RATES}
    cut = chunks(states, tables["rows_25"][shown])
    table = published.positions(networks.config.width).numpy()
    rest = mel[:, MEL_KEPT:].numpy()
    mean = float(rest.mean(dtype=np.float64))
    about = {"frames": rest.shape[1], "min": float(rest.min()), "max": float(rest.max()), "mean": mean}
    tensors = {
        "samples": np.frombuffer(pcm.astype("<i2").tobytes(), np.uint8).reshape(-1, 2),
        "mel": mel[:, :MEL_KEPT].numpy(), "states": states[:ROWS_KEPT], **tables, "positions": table,
        "token_frames": np.array(shown, np.int32), "chunks": cut, "tokens": cut + table,
    }
    return tensors, {"mel_rest": about}
