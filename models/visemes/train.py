"""Train the network on the corpus; keep the averaged weights that are best on development clips and held-out voices.

    python train.py --data DATA --out RUN
    python train.py --data DATA DATA2 --start RUN/best.pt --out RUN2       (go on from there)
"""

from __future__ import annotations

import argparse
import copy
import time
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from features import HIGH_HZ, LOW_HZ, MELS, SILENCE, log_mel
from measure import JAW, correlation, explained, spread
from network import LOOKAHEAD, WIDTH, Visemes
from speech.recordings import Recording, dev_set
from targets import CHANNELS, curves

WARM_UP = 24
"""Frames at the start of a window whose loss is not counted: the state is still empty."""
AVERAGE = 0.999
"""Share of the running mean of the weights that stays at each step; the mean is what is judged and kept."""
_MEL = np.log(10) / 2595
_CENTRES = np.linspace(*(np.log1p(hz / 700) / _MEL for hz in (LOW_HZ, HIGH_HZ)), MELS + 2)[1:-1]
"""Middles of the bands, in mel."""


def load(folders: list[Path], name: str) -> tuple[np.ndarray, np.ndarray]:
    """mel [frames, 40] and target [frames, channels] of all parts."""
    parts = [np.load(p) for folder in folders for p in sorted(folder.glob(f"{name}-*.npz"))]
    return np.concatenate([p["mel"] for p in parts]), np.concatenate([p["target"] for p in parts])


def batch(
    mel: np.ndarray, target: np.ndarray, size: int, frames: int, mask: int, rng: np.random.Generator
) -> tuple[Tensor, Tensor]:
    """`size` windows of `frames`, each as somebody else might have said it; targets LOOKAHEAD frames late."""
    pairs = [window(mel, target, frames, rng) for _ in range(size)]
    x, y = (np.stack(a) for a in zip(*pairs))
    x = coloured(x, rng)
    for item in x:
        if rng.random() < 0.25:
            coded(item, rng)
        if mask and rng.random() < 0.5:
            for _ in range(2):
                wide = int(rng.integers(1, mask + 1))
                low = int(rng.integers(0, MELS - wide))
                item[:, low : low + wide] = item[:, low : low + wide].mean(0)
    return torch.from_numpy(x).transpose(1, 2).contiguous(), torch.from_numpy(y).transpose(1, 2).contiguous()


def window(
    mel: np.ndarray, target: np.ndarray, frames: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """One window; half of the time at another pace, half of the time from a longer or shorter vocal tract."""
    pace = rng.uniform(0.85, 1.2) if rng.random() < 0.5 else 1.0
    start = rng.integers(2 * LOOKAHEAD, len(mel) - 2 * frames)
    x = between(mel, start + pace * np.arange(frames), 0)
    y = between(target, start + pace * (np.arange(frames) - LOOKAHEAD), 0)
    if rng.random() < 0.5:
        bands = np.log1p(np.expm1(_CENTRES * _MEL) / rng.uniform(0.9, 1.1)) / _MEL
        x = between(x, np.interp(bands, _CENTRES, np.arange(MELS)), 1)
    return x, y


def between(values: np.ndarray, at: np.ndarray, axis: int) -> np.ndarray:
    """`values` [n, m] at fractional places along `axis`, by linear interpolation, float32."""
    low = np.minimum(at.astype(int), values.shape[axis] - 2)
    part = (at - low).astype(np.float32)
    a, b = (values.take(low + k, axis).astype(np.float32) for k in (0, 1))
    return a + (b - a) * (part[:, None] if axis == 0 else part)


def coloured(x: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Another level and a smooth colour for each window, above a floor that stays where it is."""
    band = np.linspace(0, 1, MELS)
    colour = rng.uniform(-1.6, 1.6, (len(x), 1, 1)) + sum(
        rng.normal(0, 0.35, (len(x), 1, 1)) * np.cos(np.pi * k * band) for k in (1, 2, 3)
    )
    quiet = np.float32(np.exp(SILENCE))
    return np.log(np.maximum(np.exp(x) - quiet, 0) * np.exp(colour).astype(np.float32) + quiet)


def coded(x: np.ndarray, rng: np.random.Generator) -> None:
    """What audio coders leave out, in place: an upper limit, and bands far below the loudest of their frame."""
    if rng.random() < 0.5:
        x[:, int(rng.integers(MELS - 7, MELS)) :] -= rng.uniform(3, 10)
    loudest = x.max(1, keepdims=True)
    x -= (x < loudest - rng.uniform(5, 9)) * np.float32(rng.uniform(1, 6))
    np.maximum(x, SILENCE, out=x)


def loss_of(out: Tensor, want: Tensor, importance: Tensor, spread_of: Tensor) -> Tensor:
    """Squared error, squared error of the slope, and 1 - concordance, which alone punishes damped amplitudes."""
    error = (((out - want) / spread_of) ** 2).mean((0, 2))
    slope = (((out.diff(dim=2) - want.diff(dim=2)) / spread_of) ** 2).mean((0, 2))
    o, w = out.transpose(0, 1).flatten(1), want.transpose(0, 1).flatten(1)
    om, wm = o.mean(1), w.mean(1)
    both = ((o - om[:, None]) * (w - wm[:, None])).mean(1)
    concordance = 2 * both / (o.var(1, unbiased=False) + w.var(1, unbiased=False) + (om - wm) ** 2 + 1e-6)
    return (importance * (error + 2 * slope + 1 - concordance)).sum() / importance.sum()


@torch.no_grad()
def predict(net: Visemes, mel: np.ndarray, raw: bool = False) -> np.ndarray:
    """Weights [frames, channels], each at its own frame (look-ahead undone, silence fed after the end)."""
    x = np.concatenate([mel.astype(np.float32), np.full((LOOKAHEAD, mel.shape[1]), SILENCE, np.float32)])
    out, _ = (net.raw if raw else net)(torch.from_numpy(x.T[None].copy()), net.initial_state())
    return out[0].T.numpy()[LOOKAHEAD:]


def on_recordings(net: Visemes, clips: list[Recording], raw: bool = False) -> tuple[np.ndarray, np.ndarray]:
    """Predicted and reference curves of all clips, end to end."""
    pairs = []
    for clip in clips:
        mel = log_mel(clip.samples)
        pairs.append((predict(net, mel, raw), curves(clip.segments, len(mel))))
    return np.concatenate([p for p, _ in pairs]), np.concatenate([r for _, r in pairs])


def score(predicted: np.ndarray, reference: np.ndarray) -> tuple[float, float, float]:
    """Jaw r, mean r of the channels that move, R^2."""
    r = [correlation(predicted[:, c], reference[:, c]) for c in range(len(CHANNELS)) if reference[:, c].std() > 0.01]
    return correlation(predicted[:, JAW], reference[:, JAW]), float(np.mean(r)), explained(predicted, reference)


def train(args: argparse.Namespace) -> None:
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    rng = np.random.default_rng(args.seed)
    mel, target = load(args.data, "train")
    held_mel, held_target = (a.astype(np.float32) for a in load(args.data, "held"))
    net = Visemes(args.width)
    if args.start:
        net.grow_from(torch.load(args.start))
    else:
        some = mel[::50].astype(np.float32)
        net.mean.copy_(torch.from_numpy(some.mean(0))[:, None])
        net.scale.copy_(torch.from_numpy(1 / some.std(0))[:, None])
    mean = copy.deepcopy(net)
    spread_of = torch.from_numpy(np.maximum(target[::50].astype(np.float32).std(0), 0.02))[:, None]
    importance = torch.ones(len(CHANNELS))
    importance[JAW] = 4
    clips = dev_set()
    args.out.mkdir(parents=True, exist_ok=True)
    optimizer = torch.optim.AdamW(net.parameters(), args.rate, weight_decay=1e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, args.rate, args.steps, pct_start=0.1)
    print(f"{sum(p.numel() for p in net.parameters())} parameters, {len(mel) / 360000:.1f} h", flush=True)
    best, began = -1.0, time.time()
    for step in range(1, args.steps + 1):
        x, y = batch(mel, target, args.batch, args.frames, args.mask, rng)
        with torch.autocast("cpu", torch.bfloat16):
            out, _ = net.raw(x, net.initial_state(args.batch))
        loss = loss_of(out.float()[:, :, WARM_UP:], y[:, :, WARM_UP:], importance, spread_of)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        with torch.no_grad():
            for kept, now in zip(mean.parameters(), net.parameters()):
                kept.lerp_(now, max(1 - AVERAGE, 1 / (step + 1)))
        if step % args.every == 0 or step == args.steps:
            held = score(predict(mean, held_mel), held_target)
            predicted, reference = on_recordings(mean, clips)
            dev = score(predicted, reference)
            print(
                f"{step} {time.time() - began:.0f}s loss {loss.item():.3f}"
                f" held jaw {held[0]:.3f} mean {held[1]:.3f} R2 {held[2]:.3f}"
                f" dev jaw {dev[0]:.3f} mean {dev[1]:.3f} R2 {dev[2]:.3f}"
                f" spread {spread(predicted, reference)[JAW]:.2f}",
                flush=True,
            )
            torch.save(mean.state_dict(), args.out / "last.pt")
            merit = sum(dev[:2]) + sum(held[:2])
            if merit > best:
                best = merit
                torch.save(mean.state_dict(), args.out / "best.pt")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, nargs="+", required=True, help="the folders that corpus.py filled")
    parser.add_argument("--out", type=Path, required=True, help="where best.pt and last.pt go")
    parser.add_argument("--start", type=Path, help="a checkpoint to go on from, of this width or narrower")
    parser.add_argument("--steps", type=int, default=7000)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--frames", type=int, default=320)
    parser.add_argument("--mask", type=int, default=6, help="widest frequency mask, in bands; 0 for none")
    parser.add_argument("--rate", type=float, default=3e-3)
    parser.add_argument("--width", type=int, default=WIDTH)
    parser.add_argument("--every", type=int, default=500)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    train(parser.parse_args())
