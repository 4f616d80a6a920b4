"""python -m unittest: checkpoints under their own names load, damaged ones are refused by name. Needs no weights."""

from __future__ import annotations

import json
import pickle
import tempfile
import unittest
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor

from checkpoint import CheckpointError, Sources, find_sources, load
from networks import FULL, TINY, BiSeNet, build, parameters, unet, vae, whisper_encoder
from random_weights import random_state

NEW_TO_OLD = {"to_q": "query", "to_k": "key", "to_v": "value", "to_out.0": "proj_attn"}


def official(seed: int = 1) -> dict[str, dict[str, Tensor]]:
    """Random tensors of the tiny sizes under the keys of the official files, with what those hold beside."""
    networks = build(TINY)
    heads = {f"conv_out{k}.conv.conv.weight": torch.zeros(2) for k in (16, 32)}
    decoder = {"model.decoder.embed_tokens.weight": torch.zeros(2), "proj_out.weight": torch.zeros(2)}
    return {
        "unet": random_state(networks.unet, seed),
        "vae": {old_name(key): value for key, value in random_state(networks.vae, seed).items()},
        "whisper": {f"model.encoder.{k}": v for k, v in random_state(networks.whisper, seed).items()} | decoder,
        "face_parse": random_state(networks.face_parse, seed) | heads,
    }


def old_name(key: str) -> str:
    """As diffusers named the parts of the VAE's attentions when the official file was written."""
    for new, old in NEW_TO_OLD.items():
        key = key.replace(f"attentions.0.{new}.", f"attentions.0.{old}.")
    return key


class Checkpoints(unittest.TestCase):
    def setUp(self) -> None:
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = Path(scratch.name)
        self.states = official()

    def write(self) -> Sources:
        """The official layout, in the official formats."""
        names = {
            "unet": "musetalkV15/unet.pth", "vae": "sd-vae/diffusion_pytorch_model.bin",
            "whisper": "whisper/pytorch_model.bin", "face_parse": "face-parse-bisent/79999_iter.pth",
        }
        for kind, name in names.items():
            path = self.folder / name
            path.parent.mkdir(exist_ok=True)
            torch.save(self.states[kind], path, _use_new_zipfile_serialization=kind != "face_parse")
        return find_sources(self.folder)

    def refused(self, *words: str) -> None:
        with self.assertRaises(CheckpointError) as caught:
            load(self.write(), TINY)
        for word in words:
            self.assertIn(word, str(caught.exception))

    def test_official_names_load(self) -> None:
        networks = load(self.write(), TINY)
        q = networks.vae.state_dict()["decoder.mid_block.attentions.0.to_q.weight"]
        self.assertTrue(q.equal(self.states["vae"]["decoder.mid_block.attentions.0.query.weight"]))
        out = networks.vae.state_dict()["encoder.mid_block.attentions.0.to_out.0.bias"]
        self.assertTrue(out.equal(self.states["vae"]["encoder.mid_block.attentions.0.proj_attn.bias"]))
        k = networks.whisper.state_dict()["layers.3.self_attn.k_proj.weight"]
        self.assertTrue(k.equal(self.states["whisper"]["model.encoder.layers.3.self_attn.k_proj.weight"]))
        conv = networks.unet.state_dict()["up_blocks.3.resnets.1.conv2.weight"]
        self.assertTrue(conv.equal(self.states["unet"]["up_blocks.3.resnets.1.conv2.weight"]))
        var = networks.face_parse.state_dict()["cp.resnet.layer4.1.bn2.running_var"]
        self.assertTrue(var.equal(self.states["face_parse"]["cp.resnet.layer4.1.bn2.running_var"]))

    def test_new_attention_names_and_safetensors_load(self) -> None:
        state = random_state(vae(TINY), 2)
        path = self.folder / "sd-vae" / "diffusion_pytorch_model.safetensors"
        self.write()
        save_file(state, path)
        networks = load(find_sources(self.folder), TINY)
        key = "decoder.mid_block.attentions.0.to_v.weight"
        self.assertTrue(networks.vae.state_dict()[key].equal(state[key]))

    def test_a_wrapped_and_parallel_state_loads(self) -> None:
        wanted = self.states["unet"]["conv_in.weight"]
        self.states["unet"] = {"state_dict": {f"module.{k}": v for k, v in self.states["unet"].items()}}
        self.assertTrue(load(self.write(), TINY).unet.state_dict()["conv_in.weight"].equal(wanted))

    def test_the_face_parser_may_be_missing(self) -> None:
        self.write()
        (self.folder / "face-parse-bisent" / "79999_iter.pth").unlink()
        self.assertIsNone(load(find_sources(self.folder), TINY).face_parse)

    def test_a_missing_file_is_named(self) -> None:
        self.write()
        (self.folder / "whisper" / "pytorch_model.bin").unlink()
        with self.assertRaisesRegex(CheckpointError, "no whisper checkpoint.*pytorch_model.bin"):
            find_sources(self.folder)
        with self.assertRaisesRegex(CheckpointError, "no file .*elsewhere.bin"):
            find_sources(self.folder, whisper=self.folder / "elsewhere.bin")

    def test_a_missing_key_is_named(self) -> None:
        del self.states["unet"]["mid_block.resnets.0.conv1.weight"]
        self.refused("unet.pth", "1 missing", "mid_block.resnets.0.conv1.weight")

    def test_a_left_over_key_is_named(self) -> None:
        self.states["vae"]["decoder.more.weight"] = torch.zeros(1)
        self.refused("diffusion_pytorch_model.bin", "1 not of this network", "decoder.more.weight")

    def test_another_shape_is_named(self) -> None:
        self.states["whisper"]["model.encoder.conv1.weight"] = torch.zeros(24, 80, 5)
        self.refused("pytorch_model.bin", "1 of another shape", "conv1.weight is [24, 80, 5], not [24, 80, 3]")

    def test_another_version_of_the_model_is_refused(self) -> None:
        self.states["unet"]["conv_in.weight"] = torch.zeros(8, 4, 3, 3)
        self.refused("conv_in.weight is [8, 4, 3, 3], not [8, 8, 3, 3]")

    def test_numbers_that_are_none_are_refused(self) -> None:
        self.states["face_parse"]["cp.arm16.conv.conv.weight"][0, 0, 0, 0] = torch.nan
        self.refused("79999_iter.pth", "not finite", "cp.arm16.conv.conv.weight")

    def test_damaged_files_are_refused(self) -> None:
        sources = self.write()
        data = sources.unet.read_bytes()
        for damaged in (data[: len(data) // 2], b"", b"<html>not found</html>"):
            sources.unet.write_bytes(damaged)
            with self.assertRaisesRegex(CheckpointError, "unet.pth"):
                load(sources, TINY)

    def test_nothing_in_a_file_is_executed(self) -> None:
        sources = self.write()
        sources.unet.write_bytes(pickle.dumps({"conv_in.weight": print}, protocol=2))
        with self.assertRaisesRegex(CheckpointError, "unet.pth"):
            load(sources, TINY)

    def test_a_config_of_another_network_is_refused(self) -> None:
        self.write()
        config = self.folder / "musetalkV15" / "musetalk.json"
        fields = {"_diffusers_version": "0.6.0.dev0", "sample_size": 64, "cross_attention_dim": TINY.width}
        config.write_text(json.dumps(fields))
        load(find_sources(self.folder), TINY)
        config.write_text(json.dumps({**fields, "cross_attention_dim": 768}))
        with self.assertRaisesRegex(CheckpointError, "cross_attention_dim is 768, but"):
            load(find_sources(self.folder), TINY)


class TrueSizes(unittest.TestCase):
    """The counts of the published checkpoints."""

    def test_parameters_and_keys(self) -> None:
        with torch.device("meta"):
            nets = (unet(FULL), vae(FULL), whisper_encoder(FULL), BiSeNet())
        self.assertEqual([parameters(net) for net in nets], [849_947_844, 83_653_863, 8_208_384, 13_150_272])
        self.assertEqual([len(net.state_dict()) for net in nets], [686, 248, 67, 177])


if __name__ == "__main__":
    unittest.main()
