"""Judge the shipped ONNX file on the real test clips, and check that streaming changes nothing.

    python evaluate.py            (--dev for the development clips, --mp3 to send them through a coarse MP3 first)
"""

from __future__ import annotations

import argparse
import time
from dataclasses import replace

import numpy as np

from augment import mp3
from features import MELS, SILENCE, log_mel
from measure import GROUPS, JAW, PUCKER, correlation, envelope, explained, jaw_at, spread
from runtime import Session
from speech.recordings import Recording, dev_set, test_set
from targets import CHANNELS, curves

COMPRESSION = 0.9
"""Of the MP3 that --mp3 asks for: about 25 kbit/s."""
LEVELS = (-40, -30, -20, -10)
"""dBFS at which the clips are heard again, each scaled as a whole (its peaks may clip)."""


def on_clips(session: Session, clips: list[Recording]) -> None:
    """Per clip, together, at the phones, and by channel."""
    predicted, reference, envelopes, mels = [], [], [], []
    jaws: dict[str, list[float]] = {name: [] for name in GROUPS}
    print(f"{'clip':14} {'s':>5} {'jaw r':>6} {'envelope':>9} {'pucker r':>9}")
    for clip in clips:
        mel = log_mel(clip.samples)
        p, g, e = session.run(mel), curves(clip.segments, len(mel)), envelope(mel)
        print(
            f"{clip.name:14} {len(clip.samples) / 16000:5.1f} {correlation(p[:, JAW], g[:, JAW]):6.2f}"
            f" {correlation(e, g[:, JAW]):9.2f} {correlation(p[:, PUCKER], g[:, PUCKER]):9.2f}"
        )
        for name, values in jaw_at(p, clip.phones).items():
            jaws[name] += values
        predicted.append(p), reference.append(g), envelopes.append(e), mels.append(mel)
    p, g, e = map(np.concatenate, (predicted, reference, envelopes))
    basis = np.stack([e, e**2, np.ones_like(e)], 1)
    fitted = basis @ np.linalg.lstsq(basis, g, rcond=None)[0]
    print("all together:")
    for name, x in (("network", p), ("envelope, fitted on these clips", fitted)):
        print(
            f"  {name}: jaw r {correlation(x[:, JAW], g[:, JAW]):.3f}  jaw R2 {explained(x[:, :1], g[:, :1]):.2f}"
            f"  R2 {explained(x, g):.2f}  MAE {np.abs(x - g).mean():.4f}  jaw spread {spread(x, g)[JAW]:.2f}"
        )
    print(f"  envelope as it is: jaw r {correlation(e, g[:, JAW]):.3f}")
    print("jaw at the phones (mean, 90th percentile, count):")
    for name, values in jaws.items():
        if values:
            print(f"  {name:12} {np.mean(values):.3f} {np.percentile(values, 90):.3f} {len(values)}")
    print("channels (r, spread):")
    ratio = spread(p, g)
    for c, name in enumerate(CHANNELS):
        if g[:, c].std() > 1e-3:
            print(f"  {name:16} {correlation(p[:, c], g[:, c]):.2f} {ratio[c]:.2f}")
    for level in LEVELS:
        r = []
        for clip, want in zip(clips, reference):
            scaled = clip.samples / np.sqrt((clip.samples**2).mean()) * 10 ** (level / 20)
            scaled = np.round(np.clip(scaled, -1, 1) * 32767) / 32767
            r.append((session.run(log_mel(scaled)), want))
        x, want = (np.concatenate(a) for a in zip(*r))
        print(f"at {level} dBFS: jaw r {correlation(x[:, JAW], want[:, JAW]):.3f} spread {spread(x, want)[JAW]:.2f}")


def on_silence(session: Session) -> None:
    """What the jaw does when nobody speaks."""
    zeros = session.run(np.full((300, MELS), SILENCE, np.float32))
    rng = np.random.default_rng(0)
    print(f"digital silence: jaw mean {zeros[:, JAW].mean():.4f}, most of any channel {zeros.max():.4f}")
    for level in (-70, -50, -40):
        hiss = session.run(log_mel(rng.normal(0, 10 ** (level / 20), 48000)))
        print(f"white noise at {level} dBFS: jaw mean {hiss[:, JAW].mean():.4f}")


def on_streaming(session: Session, clip: Recording) -> None:
    """Chunked must equal whole; and how fast it runs on one thread."""
    mel = log_mel(clip.samples)
    whole = session.run(mel)
    for chunk in (1, 3, 4, 7, 64):
        worst = float(np.abs(session.run(mel, chunk) - whole).max())
        assert worst < 1e-5, (chunk, worst)
        print(f"chunks of {chunk} frames: largest difference from the whole {worst:.1e}")
    state = session.initial_state()
    began = time.perf_counter()
    for k in range(200):
        _, state = session.step(mel[k % 50 : k % 50 + 4], state)
    print(f"4 frames a call: {(time.perf_counter() - began) / 200 * 1000:.2f} ms; ", end="")
    began = time.perf_counter()
    for _ in range(20):
        session.step(mel[:100], state)
    print(f"1 s a call: {(time.perf_counter() - began) / 20 * 1000:.2f} ms")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--dev", action="store_true", help="the development clips instead of the test clips")
    parser.add_argument("--mp3", action="store_true", help="send the clips through a coarse MP3 first")
    args = parser.parse_args()
    session = Session()
    clips = dev_set() if args.dev else test_set()
    if args.mp3:
        clips = [replace(clip, samples=mp3(clip.samples, COMPRESSION)) for clip in clips]
    on_clips(session, clips)
    on_silence(session)
    on_streaming(session, clips[0])
