"""A float32 graph -> the same graph computed in float16, its inputs and outputs as they were.

What could leave the range or the precision of float16 stays float32, between casts: the sums of normalisations and
softmax, and the last steps to pixels.
"""

from __future__ import annotations

import numpy as np
import onnx
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper

FLOAT, HALF = TensorProto.FLOAT, TensorProto.FLOAT16
KEPT = {"InstanceNormalization", "LayerNormalization", "Softmax"}
"""Operators that stay float32; GroupNorm is exported as InstanceNormalization of a reshaped tensor."""
KEPT_MODULE = "/to_frames/"
"""The nodes of the module that makes pixels stay too."""
_SMALL = 1024
"""Elements up to which a constant is kept for shape inference."""


def to_half(model: ModelProto) -> None:
    """Convert in place.

    Raises ValueError if a weight is out of float16's range.
    """
    types = _element_types(model)
    constants = [i for i in model.graph.initializer if i.data_type == FLOAT]
    for node in model.graph.node:
        constants += [a.t for a in node.attribute if node.op_type == "Constant" and a.t.data_type == FLOAT]
        if node.op_type == "Constant" and types.get(node.output[0]) == FLOAT:
            node.attribute[0].t.name = node.output[0]
    kept = {name for node in model.graph.node for name in (node.input if _is_kept(node) else _scales(node))}
    for constant in constants:
        if constant.name not in kept:
            _halve(constant)
            types[constant.name] = HALF
    casts = _Casts(types)
    for node in model.graph.node:
        casts.add(node)
    casts.finish([value.name for value in model.graph.output])
    del model.graph.node[:], model.graph.value_info[:]
    model.graph.node.extend(casts.nodes)


class _Casts:
    """Takes the nodes in their order, and casts a tensor once for all that want it otherwise than it is."""

    def __init__(self, types: dict[str, int]) -> None:
        self.nodes: list[NodeProto] = []
        self._types = types
        """Of every tensor: before its node is added in the old graph, after it in the new one."""
        self._cast_names: dict[tuple[str, int], str] = {}

    def add(self, node: NodeProto) -> None:
        want = FLOAT if _is_kept(node) else HALF
        fixed = _scales(node)
        for k, name in enumerate(node.input):
            if name not in fixed and self._types.get(name) in (FLOAT, HALF) and self._types[name] != want:
                node.input[k] = self._cast(name, want)
        if node.op_type == "Cast" and self._types[node.output[0]] == FLOAT:
            next(a for a in node.attribute if a.name == "to").i = want
        self.nodes.append(node)
        if node.op_type != "Constant":
            for name in node.output:
                if self._types.get(name) == FLOAT:
                    self._types[name] = want

    def finish(self, outputs: list[str]) -> None:
        """An output keeps its name and type: what made it in float16 is renamed, and cast."""
        for output in outputs:
            if self._types[output] != HALF:
                continue
            inner = f"{output}_half"
            for node in self.nodes:
                for names in (node.input, node.output):
                    names[:] = [inner if name == output else name for name in names]
            self.nodes.append(helper.make_node("Cast", [inner], [output], f"/half/{output}", to=FLOAT))

    def _cast(self, name: str, want: int) -> str:
        key = (name, want)
        if key not in self._cast_names:
            self._cast_names[key] = f"{name}_as_{'float' if want == FLOAT else 'half'}"
            cast = helper.make_node("Cast", [name], [self._cast_names[key]], f"/half/{self._cast_names[key]}", to=want)
            self.nodes.append(cast)
        return self._cast_names[key]


def _is_kept(node: NodeProto) -> bool:
    return node.op_type in KEPT or KEPT_MODULE in node.name


def _scales(node: NodeProto) -> list[str]:
    """What must be float32 by the definition of Resize: its regions and factors."""
    return list(node.input[1:]) if node.op_type == "Resize" else []


def _halve(tensor: TensorProto) -> None:
    array = numpy_helper.to_array(tensor)
    largest = float(np.abs(array).max(initial=0))
    if not largest <= np.finfo(np.float16).max:
        raise ValueError(f'"{tensor.name}" holds {largest:g}, which float16 cannot')
    tensor.CopyFrom(numpy_helper.from_array(array.astype(np.float16), tensor.name))


def _element_types(model: ModelProto) -> dict[str, int]:
    """Of every tensor, found on a copy whose big constants are mere inputs: shape inference serialises what it gets."""
    graph = model.graph
    big = [i for i in graph.initializer if int(np.prod(i.dims)) > _SMALL]
    names = {i.name for i in big}
    inputs = [helper.make_tensor_value_info(i.name, i.data_type, list(i.dims)) for i in big]
    small = [i for i in graph.initializer if i.name not in names]
    skeleton = helper.make_graph(list(graph.node), graph.name, [*graph.input, *inputs], list(graph.output), small)
    bare = helper.make_model(skeleton, opset_imports=model.opset_import, ir_version=model.ir_version)
    inferred = onnx.shape_inference.infer_shapes(bare, strict_mode=True).graph
    types = {i.name: i.data_type for i in graph.initializer}
    for value in [*inferred.value_info, *inferred.input, *inferred.output]:
        types[value.name] = value.type.tensor_type.elem_type
    return types
