"""8 bit weights, for CPUs that are too slow for float32: smaller and faster, and not exact."""

from __future__ import annotations

import logging
from pathlib import Path

from onnxruntime.quantization import QuantType, quantize_dynamic


def quantize(path: Path) -> None:
    """
    Replace a float32 graph by one whose matrix products (the transformer, most of the file) are 8 bit: a scale for
    each column of the weights, and one for each run of the inputs. Convolutions stay as they are.
    """
    logging.getLogger().setLevel(logging.ERROR)  # it recommends steps that dynamic shapes do not allow
    exact = path.with_suffix(".fp32.onnx")
    path.rename(exact)
    quantize_dynamic(
        exact, path, op_types_to_quantize=["MatMul"], per_channel=True, weight_type=QuantType.QInt8,
        extra_options={"MatMulConstBOnly": True},
    )
    exact.unlink()
