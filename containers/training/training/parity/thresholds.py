import numpy as np
import onnx

_BRANCHES = ("BRANCH_LEQ", "BRANCH_LT", "BRANCH_GTE", "BRANCH_GT")


def split_thresholds(model: bytes) -> dict[int, np.ndarray]:
    """Thresholds of the graph's tree nodes by position in the encoded row; empty for a graph without trees.

    They are read from the graph, not from the model it came from: where rounding moved one, both sides of the moved
    one are what tells.
    """
    found: dict[int, list[np.ndarray]] = {}
    for node in onnx.load_from_string(model).graph.node:
        if node.op_type.startswith("TreeEnsemble"):
            positions, values = _splits(node)
            for position in np.unique(positions):
                found.setdefault(int(position), []).append(values[positions == position])
    return {position: np.unique(np.concatenate(parts)) for position, parts in found.items()}


def _splits(node: onnx.NodeProto) -> tuple[np.ndarray, np.ndarray]:
    parts = {item.name: onnx.helper.get_attribute_value(item) for item in node.attribute}
    modes = np.array([mode.decode() for mode in parts["nodes_modes"]])
    positions = np.array(parts["nodes_featureids"], dtype=np.int64)
    values = np.array(parts["nodes_values"], dtype=np.float32)
    # A split of missing values from all others is at infinity, where no row lies.
    is_split = np.isin(modes, _BRANCHES) & np.isfinite(values)
    return positions[is_split], values[is_split]
