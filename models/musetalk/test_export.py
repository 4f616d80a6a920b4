"""python -m unittest: the tiny model is exported, held against PyTorch, and damage is seen. Some seconds, no weights."""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import numpy as np
import onnx
from onnx import TensorProto, numpy_helper

import export
from manifest import sha256
from networks import TINY, Networks, build
from random_weights import randomise
from verify import verify

SEED = 3


def tiny() -> Networks:
    networks = build(TINY)
    randomise(networks, SEED)
    return networks


def quietly(run, *args):  # noqa: ANN001, ANN002, ANN202
    with contextlib.redirect_stdout(io.StringIO()):
        return run(*args)


class Export(unittest.TestCase):
    def setUp(self) -> None:
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.output = Path(scratch.name) / "models" / "musetalk"

    def export(self, precision: str) -> dict:
        quietly(export.export, tiny(), {"kind": "random", "seed": SEED}, precision, self.output)
        return json.loads((self.output / "model.json").read_text())

    def verified(self) -> bool:
        return quietly(verify, self.output, argparse.Namespace(weights=None))

    def test_nothing_but_an_older_export_is_replaced(self) -> None:
        export.check_output(self.output)
        self.output.mkdir(parents=True)
        export.check_output(self.output)
        (self.output / "keepsake.txt").touch()
        for other in (self.output, self.output.parent, self.output / "keepsake.txt"):
            with self.assertRaisesRegex(ValueError, "choose another --output"):
                export.check_output(other)
        (self.output / "model.json").write_text('{"id": "lam-a2e"}')
        with self.assertRaisesRegex(ValueError, "holds something else than musetalk"):
            export.check_output(self.output)
        for older in ('{"id": "musetalk"}', '{"id": "mus'):
            (self.output / "model.json").write_text(older)
            export.check_output(self.output)

    def test_fp32_equals_pytorch_and_damage_does_not(self) -> None:
        manifest = self.export("fp32")
        self.assertEqual(len(manifest["files"]), 4)
        for file in manifest["files"]:
            self.assertEqual(sha256(self.output / file["path"]), file["sha256"])
        self.assertTrue(self.verified())
        path = self.output / "unet-vae.onnx"
        model = onnx.load(path)
        big = max(model.graph.initializer, key=lambda i: len(i.raw_data))
        big.CopyFrom(numpy_helper.from_array(numpy_helper.to_array(big) * np.float32(1.05), big.name))
        onnx.save(model, path)
        self.assertFalse(self.verified())

    def test_fp16_equals_pytorch_and_keeps_its_edges(self) -> None:
        manifest = self.export("fp16")
        self.assertTrue(self.verified())
        for file in manifest["network"]["graphs"].values():
            graph = onnx.load(self.output / file).graph
            described = {t["name"]: t for t in manifest["inputs"] + manifest["outputs"] if t["graph"] == file}
            for value in (*graph.input, *graph.output):
                kind = value.type.tensor_type
                self.assertEqual(TensorProto.DataType.Name(kind.elem_type).lower().replace("float", "float32"),
                                 described[value.name]["type"])
                dims = [d.dim_param or d.dim_value for d in kind.shape.dim]
                self.assertEqual(dims, described[value.name]["shape"])
        weights = onnx.load(self.output / "unet-vae.onnx").graph.initializer
        half = sum(len(i.raw_data) for i in weights if i.data_type == TensorProto.FLOAT16)
        self.assertGreater(half, 0.9 * sum(len(i.raw_data) for i in weights))

    def test_the_graph_of_a_frame_asks_for_no_shape(self) -> None:
        self.export("fp32")
        operators = {node.op_type for node in onnx.load(self.output / "unet-vae.onnx").graph.node}
        self.assertFalse(operators & {"Shape", "Gather", "Identity", "Unsqueeze"})

    def test_a_failure_leaves_what_was_there(self) -> None:
        before = self.export("fp32")
        with mock.patch("export.write_manifest", side_effect=OSError("no space")), self.assertRaises(OSError):
            self.export("fp16")
        self.assertEqual(json.loads((self.output / "model.json").read_text()), before)
        self.assertEqual([path.name for path in self.output.parent.iterdir()], ["musetalk"])
        self.assertEqual(self.export("fp16")["precision"], "fp16")
        self.assertEqual([path.name for path in self.output.parent.iterdir()], ["musetalk"])


if __name__ == "__main__":
    unittest.main()
