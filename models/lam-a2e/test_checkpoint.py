"""The checkpoint reader on random weights under the published names.

    python -m unittest test_checkpoint
"""

from __future__ import annotations

import io
import pickle
import tarfile
import tempfile
import unittest
from pathlib import Path

import numpy as np
import torch

from checkpoint import CheckpointError, load, read_checkpoint, theirs
from network import FULL, TINY, WINDOW, Lam, identity_of, random_network


def published(net: Lam, prefix: str = "module.") -> dict[str, torch.Tensor]:
    """The weights of a network as the published file has them, with those that are never used."""
    size = net.size
    state = {theirs(name): weight for name, weight in net.state_dict().items()}
    state["backbone.audio_encoder.masked_spec_embed"] = torch.zeros(size.hidden)
    state["backbone.audio_encoder.lm_head.weight"] = torch.zeros(32, 1024)
    state["backbone.audio_encoder.lm_head.bias"] = torch.zeros(32)
    for kind in ("ih", "hh"):
        state[f"backbone.identity_encoder.grus.weight_{kind}_l0"] = torch.zeros(3 * size.head, size.head)
        state[f"backbone.identity_encoder.grus.bias_{kind}_l0"] = torch.zeros(3 * size.head)
    return {prefix + name: weight for name, weight in state.items()}


class Names(unittest.TestCase):
    def test_the_published_file_has_249_tensors(self) -> None:
        with torch.device("meta"):
            state = published(Lam(FULL))
        self.assertEqual(len(state), 249)
        self.assertEqual(sum(weight.numel() for weight in state.values()), 102_113_044)

    def test_known_names(self) -> None:
        names = published(Lam(TINY)).keys()
        for name in (
            "audio_encoder.feature_extractor.conv_layers.0.layer_norm.weight",
            "audio_encoder.encoder.pos_conv_embed.conv.weight_g",
            "audio_encoder.encoder.layers.1.attention.k_proj.weight",
            "audio_encoder.encoder.layers.1.feed_forward.intermediate_dense.bias",
            "identity_encoder.id_mlp.weight",
            "identity_encoder.first_net.conv_layers.0.residual_layer.0.weight",
            "identity_encoder.first_net.conv_layers.2.norm.bias",
            "decoder.0.1.conv.weight",
            "output_proj.bias",
        ):
            self.assertIn(f"module.backbone.{name}", names)


class Loading(unittest.TestCase):
    def setUp(self) -> None:
        self.net = random_network(1, TINY)
        self.state = published(self.net)
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def same(self, other: Lam) -> None:
        audio, style = torch.randn(1, WINDOW) * 0.1, identity_of(2, TINY)
        with torch.inference_mode():
            torch.testing.assert_close(other(audio, style), self.net(audio, style), rtol=0, atol=0)

    def saved(self, content: object, name: str = "lam_audio2exp_streaming.tar", **options: object) -> Path:
        path = self.folder / name
        torch.save(content, path, **options)
        return path

    def packed(self, *files: Path, mode: str = "w:gz") -> Path:
        path = self.folder / "packed.tar"
        with tarfile.open(path, mode) as archive:
            for file in files:
                archive.add(file, f"pretrained_models/{file.name}")
        return path

    def test_a_state_dict_with_either_spelling(self) -> None:
        self.same(load(self.state, TINY))
        modern = {
            name.replace("conv.weight_g", "conv.parametrizations.weight.original0")
            .replace("conv.weight_v", "conv.parametrizations.weight.original1"): weight
            for name, weight in published(self.net, prefix="").items()
        }
        self.same(load(modern, TINY))

    def test_every_packing(self) -> None:
        whole = {"epoch": 3, "state_dict": self.state, "best_metric_value": np.float64(0.5)}
        plain = self.saved(whole)
        self.same(read_checkpoint(plain, TINY))
        for mode in ("w", "w:gz"):
            self.same(read_checkpoint(self.packed(plain, mode=mode), TINY))
        self.same(read_checkpoint(self.saved(whole, "old.pth", _use_new_zipfile_serialization=False), TINY))
        self.same(read_checkpoint(self.saved(self.state, "bare.pth"), TINY))

    def test_unused_weights_may_be_absent(self) -> None:
        unused = ("grus", "lm_head", "masked_spec_embed")
        state = {name: w for name, w in self.state.items() if not any(part in name for part in unused)}
        self.same(load(state, TINY))

    def refused(self, *words: str) -> object:
        return self.assertRaisesRegex(CheckpointError, "(?s)" + ".*".join(words))

    def test_damage_is_refused_by_name(self) -> None:
        name = "module.backbone.decoder.0.1.conv.weight"
        state = dict(self.state)
        del state[name]
        with self.refused("1 missing", r"backbone\.decoder\.0\.1\.conv\.weight"):
            load(state, TINY)
        with self.refused("1 not known", r"backbone\.extra\.weight"):
            load(self.state | {"module.backbone.extra.weight": torch.zeros(2)}, TINY)
        with self.refused("1 of another shape", r"decoder\.0\.1\.conv\.weight is \[24, 24, 5\], not \[24, 24, 3\]"):
            load(self.state | {name: torch.zeros(24, 24, 5)}, TINY)
        with self.refused("not floats", r"decoder\.0\.1"):
            load(self.state | {name: torch.zeros(24, 24, 3, dtype=torch.int64)}, TINY)
        with self.refused("NaN", r"decoder\.0\.1"):
            load(self.state | {name: torch.full((24, 24, 3), float("nan"))}, TINY)

    def test_a_weight_that_comes_twice_is_refused(self) -> None:
        twin = "module.backbone.audio_encoder.encoder.pos_conv_embed.conv.parametrizations.weight.original0"
        with self.refused("1 not known", "original0"):
            load(self.state | {twin: torch.ones(1, 1, 128)}, TINY)

    def test_other_models_are_named(self) -> None:
        extra = "module.backbone.identity_encoder.transformer_encoder.layers.0.norm1.weight"
        with self.refused("offline model"):
            load(self.state | {extra: torch.zeros(24)}, TINY)
        with self.refused("speech encoder alone"):
            load({"wav2vec2.encoder.layer_norm.weight": torch.zeros(768)}, TINY)
        with self.refused("of another shape"):
            load(self.state)

    def test_files_that_are_no_checkpoint(self) -> None:
        with self.refused("no such file"):
            read_checkpoint(self.folder / "nothing.tar", TINY)
        note = self.folder / "note.pth"
        note.write_text("not a checkpoint")
        with self.refused("not a torch checkpoint"):
            read_checkpoint(note, TINY)
        with self.refused("no state dict"):
            read_checkpoint(self.saved({"epoch": 3}), TINY)
        with self.refused("holds 0 files"):
            with tarfile.open(self.folder / "empty.tar", "w") as archive:
                archive.addfile(tarfile.TarInfo("readme.txt"), io.BytesIO())
            read_checkpoint(self.folder / "empty.tar", TINY)
        with self.refused("holds 2 files"):
            read_checkpoint(self.packed(self.saved(self.state), self.saved(self.state, "other.pth")), TINY)
        half = self.saved(self.state, "half.pth")
        half.write_bytes(half.read_bytes()[:50_000])
        with self.refused("half.pth"):
            read_checkpoint(half, TINY)

    def test_code_in_a_pickle_is_not_run(self) -> None:
        class Trap:
            def __reduce__(self) -> tuple[object, tuple[str]]:
                return Path.touch, (Path(self_folder) / "sprung",)

        self_folder = str(self.folder)
        path = self.folder / "trap.pth"
        path.write_bytes(pickle.dumps(Trap()))
        with self.refused("not a torch"):
            read_checkpoint(path, TINY)
        with self.refused("not a torch", "wants to run"):
            read_checkpoint(self.saved({"state_dict": Trap()}, "trap2.pth"), TINY)
        self.assertFalse((self.folder / "sprung").exists())


if __name__ == "__main__":
    unittest.main()
