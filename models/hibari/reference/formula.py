"""The published formula of hibari's waveform, in numpy, and a small fixture made by it.

The formula is that of the package's documentation ("ONNX interface (for ports)"). Four things it leaves open were
found by trying them against the package's sound, which this module meets within 2e-5 of full scale (parity.py):

- a value of the pitch track stands for the middle of its frame: sample n is at (n + 0.5) / 300 - 0.5;
- the phase runs on where there is no pitch, as if it were 40 Hz, and is advanced before its sample is made;
- where |sin(phase / 2)| < 1e-3 the closed form gives way to its limit, the number of harmonics;
- the signal is mirrored at its ends before the forward transform, and the last of its frames is left out.

    python formula.py ../../../src/stages/speech/hibari/fixtures/formula.f32
"""

import sys

import numpy as np

RATE, WINDOW, HOP = 24_000, 1200, 300
BINS = WINDOW // 2 + 1
HANN = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(WINDOW) / WINDOW)


def pulses(f0):
    """Pulse train of a pitch track in Hz, one value a frame."""
    samples = np.arange(len(f0) * HOP)
    pitch = np.interp((samples + 0.5) / HOP - 0.5, np.arange(len(f0)), f0)
    phase = 2 * np.pi * np.cumsum(np.maximum(pitch, 40) / RATE)
    count = np.floor(11_000 / np.maximum(pitch, 40))
    divisor = np.sin(phase / 2)
    at_pulse = np.abs(divisor) < 1e-3
    series = (np.sin((count + 0.5) * phase) / np.where(at_pulse, 1, divisor) - 1) / 2
    return np.where(pitch >= 40, np.where(at_pulse, count, series), 0)


def forward(signal, frames):
    padded = np.pad(signal, WINDOW // 2, mode="reflect")
    return np.stack([np.fft.rfft(padded[t * HOP : t * HOP + WINDOW] * HANN) for t in range(frames)], 1)


def inverse(spectra):
    frames = spectra.shape[1]
    signal = np.zeros((frames + 3) * HOP)
    weight = np.zeros_like(signal)
    for t in range(frames):
        part = slice(t * HOP, t * HOP + WINDOW)
        signal[part] += np.fft.irfft(spectra[:, t]) * HANN
        weight[part] += HANN**2
    kept = slice(WINDOW // 2, WINDOW // 2 + frames * HOP)
    return signal[kept] / np.maximum(weight[kept], 1e-12)


def waveform(parts, noise):
    """Sound of spectral parts [BINS, frames] and complex noise of the same shape; None for no noise."""
    lh, theta, ln, lr, phi = (parts[name].astype(np.float64) for name in ("lh", "theta", "ln", "lr", "phi"))
    f0 = parts["f0"].astype(np.float64)
    excitation = forward(pulses(f0), len(f0)) / HOP
    spectra = np.exp(np.minimum(lh, 7)) * np.exp(1j * np.pi * np.tanh(theta)) * excitation
    spectra += np.exp(np.minimum(lr, 7)) * np.exp(1j * phi)
    if noise is not None:
        spectra += np.exp(np.minimum(ln, 7)) * noise
    return inverse(spectra)


def package_noise(seed, frames):
    """The noise that the package draws for a seed: pairs of real and imaginary part, bin by bin."""
    pairs = np.random.default_rng(seed).standard_normal((BINS, frames, 2), dtype=np.float32)
    return pairs[..., 0] + 1j * pairs[..., 1]


def made_up_parts(frames=21):
    """Parts that try every branch of the formula; src/stages/speech/hibari/vocoder.test.ts makes the same."""
    k, t = np.arange(BINS)[:, None], np.arange(frames)[None, :]
    parts = {
        "lh": -0.006 * k + 1.5 * np.sin(0.05 * k + 0.4 * t),
        "theta": 2 * np.sin(0.02 * k * (1 + 0.1 * t)),
        "ln": -2.5 + 2 * np.cos(0.03 * k - 0.5 * t),
        "lr": -1.5 + 3 * np.sin(0.011 * k + 0.9 * t) - 16 * (t % 5 == 3),
        "phi": 9 * np.sin(0.7 * k + 1.3 * t),
        "f0": np.where((t[0] > 2) & (t[0] < 15), 180 + 60 * np.sin(0.5 * t[0]), -0.5),
    }
    noise = np.sin(1.7 * k + 2.3 * t) + 1j * np.cos(2.9 * k - 0.7 * t)
    return {name: value.astype(np.float32) for name, value in parts.items()}, noise.astype(np.complex64)


if __name__ == "__main__":
    waveform(*made_up_parts()).astype("<f4").tofile(sys.argv[1])
