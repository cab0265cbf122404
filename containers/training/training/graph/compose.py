"""Graphs out of parts: nodes that are added one by one, and whole converted models that are merged in."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

#: Operator sets that the serving runtime knows and the converters were measured with.
OPSETS = {"": 18, "ai.onnx.ml": 3}
#: From this set on texts can be compared with ``Equal``. No operator that the converters write changed in it.
OPSET_OF_TEXTS = 19
_IR_VERSION = 9


class Nodes:
    """Nodes of a graph under way.

    The same node with the same inputs is made once. Names hold a slash, which no column's name does, so nothing that is
    made here meets a column. What no output needs is left out at the end.
    """

    def __init__(self) -> None:
        self._nodes: list[onnx.NodeProto] = []
        self._constants: list[onnx.TensorProto] = []
        self._known: dict[object, str] = {}
        self._inputs: list[onnx.ValueInfoProto] = []
        self._outputs: list[onnx.ValueInfoProto] = []
        #: Tensors that have a row for each row of the inputs; the others are constants.
        self._by_row: set[str] = set()
        self._opset = OPSETS[""]

    def input(self, name: str, kind: int) -> str:
        """Take a column ``[N, 1]`` of a ``TensorProto`` type."""
        self._inputs.append(helper.make_tensor_value_info(name, kind, [None, 1]))
        self._by_row.add(name)
        return name

    def doubles(self) -> set[str]:
        """Names of the inputs that are float64."""
        return {value.name for value in self._inputs if value.type.tensor_type.elem_type == TensorProto.DOUBLE}

    def named(self, name: str, value: np.ndarray) -> str:
        """Hold an array that others look for by its name."""
        self._constants.append(_tensor(value, name))
        return name

    def constant(self, value: Any, dtype: Any = None) -> str:
        """Hold a scalar or an array."""
        array = np.asarray(value, dtype=dtype)
        content: object = tuple(map(str, array.ravel())) if array.dtype.kind in "OU" else array.tobytes()
        key = ("constant", array.dtype.kind in "OU" or array.dtype.str, array.shape, content)
        if key not in self._known:
            name = self._known[key] = f"constant/{len(self._constants)}"
            self._constants.append(_tensor(array, name))
        return self._known[key]

    def add(self, operator: str, *inputs: str, **attributes: Any) -> str:
        """Add a node of the standard set with one output; gives its name."""
        return self.add_of("", operator, *inputs, **attributes)

    def add_of(self, domain: str, operator: str, *inputs: str, **attributes: Any) -> str:
        """Add a node of another set."""
        key = (domain, operator, inputs, repr(sorted(attributes.items())))
        if key not in self._known:
            name = self._known[key] = f"{operator}/{len(self._nodes)}"
            self._append(helper.make_node(operator, list(inputs), [name], name=name, domain=domain, **attributes))
        return self._known[key]

    def needs(self, opset: int) -> None:
        """Ask for an operator set that is at least as new."""
        self._opset = max(self._opset, opset)

    def output(self, name: str, tensor: str, kind: int, shape: Sequence[int | str | None]) -> str:
        """Show a tensor under a name."""
        self._append(helper.make_node("Identity", [tensor], [name], name=f"output/{name}"))
        self._outputs.append(helper.make_tensor_value_info(name, kind, shape))
        return name

    def merge(self, model: onnx.ModelProto, prefix: str, inputs: Mapping[str, str]) -> list[str]:
        """Add a whole graph; its names get the prefix.

        Parameters
        ----------
        model : ModelProto
        prefix : str
            Told apart from that of every other merged graph.
        inputs : mapping of str to str
            Tensor for each input of the graph.

        Returns
        -------
        list of str
            Tensors of its outputs, in order.
        """

        def placed(name: str) -> str:
            return inputs.get(name) or (f"{prefix}/{name}" if name else "")

        for tensor in model.graph.initializer:
            copy = onnx.TensorProto()
            copy.CopyFrom(tensor)
            copy.name = placed(tensor.name)
            self._constants.append(copy)
        for node in model.graph.node:
            copy = onnx.NodeProto()
            copy.CopyFrom(node)
            copy.name = f"{prefix}/{node.name}"
            copy.input[:] = [placed(name) for name in node.input]
            copy.output[:] = [placed(name) for name in node.output]
            self._append(copy)
        return [placed(value.name) for value in model.graph.output]

    def has_rows(self, tensor: str) -> bool:
        """Whether a tensor has a row for each row of the inputs."""
        return tensor in self._by_row

    def model(self, about: Mapping[str, str]) -> bytes:
        """Bytes of the graph with its metadata: the same for the same nodes, in every process."""
        nodes = self._needed()
        read = {name for node in nodes for name in node.input}
        constants = [tensor for tensor in self._constants if tensor.name in read]
        graph = helper.make_graph(nodes, "model", self._inputs, self._outputs, constants)
        # Sorted: converters write them in the order of a set, which differs from process to process.
        opsets = [helper.make_opsetid(*one) for one in sorted({**OPSETS, "": self._opset}.items())]
        model = helper.make_model(graph, opset_imports=opsets, ir_version=_IR_VERSION)
        helper.set_model_props(model, dict(sorted(about.items())))
        return model.SerializeToString(deterministic=True)

    def _append(self, node: onnx.NodeProto) -> None:
        self._nodes.append(node)
        if any(name in self._by_row for name in node.input):
            self._by_row.update(node.output)

    def _needed(self) -> list[onnx.NodeProto]:
        wanted = {value.name for value in self._outputs}
        kept = []
        for node in reversed(self._nodes):
            if wanted & set(node.output):
                wanted.update(node.input)
                kept.append(node)
        return kept[::-1]


def _tensor(array: np.ndarray, name: str) -> onnx.TensorProto:
    if array.dtype.kind in "OU":
        texts = [str(text).encode() for text in array.ravel()]
        return helper.make_tensor(name, TensorProto.STRING, array.shape, texts)
    return numpy_helper.from_array(array, name)
