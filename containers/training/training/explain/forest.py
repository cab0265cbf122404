from dataclasses import dataclass
from typing import Any

import numpy as np
import onnx

#: What a node asks of its value before the true branch is taken. Others are not made by the converters in use.
_COMPARISONS = {b"BRANCH_LEQ": "<=", b"BRANCH_LT": "<"}
_LEAF = b"LEAF"
_CELLS = 4_000_000


@dataclass(frozen=True)
class Forest:
    """Trees of one TreeEnsemble node, as arrays over all nodes of all trees; leaves in the order of their nodes.

    Attributes
    ----------
    position : ndarray of int, shape (nodes,)
        Position in the encoded row that is compared; -1 is a leaf.
    threshold : ndarray of float32, shape (nodes,)
    yes, no : ndarray of int, shape (nodes,)
        Nodes that follow; -1 after a leaf.
    missing_is_yes : ndarray of bool, shape (nodes,)
        Where NaN goes.
    roots : ndarray of int, shape (trees,)
    values : ndarray of float64, shape (leaves, outputs)
        What a leaf adds to each output.
    comparison : str
        ``<=`` or ``<``: value against threshold.
    base : ndarray of float64, shape (outputs,)
        Added to the sum over the trees.
    """

    position: np.ndarray
    threshold: np.ndarray
    yes: np.ndarray
    no: np.ndarray
    missing_is_yes: np.ndarray
    roots: np.ndarray
    values: np.ndarray
    comparison: str
    base: np.ndarray

    @property
    def leaves(self) -> np.ndarray:
        """Nodes that are leaves."""
        return np.flatnonzero(self.position < 0)

    def decides(self, encoded: np.ndarray) -> np.ndarray:
        """Whether the true branch is taken, bool ``[nodes, N]``, for encoded rows float32 ``[N, M]``."""
        found = np.empty((len(self.position), len(encoded)), dtype=bool)
        # Some nodes at a time: numbers take four times the room of answers.
        step = max(_CELLS // max(len(encoded), 1), 1)
        for start in range(0, len(self.position), step):
            nodes = slice(start, start + step)
            seen = encoded.T[np.maximum(self.position[nodes], 0)]
            limit = self.threshold[nodes, None]
            taken = seen <= limit if self.comparison == "<=" else seen < limit
            found[nodes] = np.where(np.isnan(seen), self.missing_is_yes[nodes, None], taken)
        return found


def read_forest(model: bytes, outputs: int) -> Forest | None:
    """Trees of a graph that holds one TreeEnsemble node; None for any other graph.

    Parameters
    ----------
    model : bytes
    outputs : int
        Numbers that are explained: 1 for two classes (the positive) and for a predicted number, else one a class.
    """
    nodes = [node for node in onnx.load_from_string(model).graph.node if node.op_type.startswith("TreeEnsemble")]
    if len(nodes) != 1:
        return None
    parts = {item.name: onnx.helper.get_attribute_value(item) for item in nodes[0].attribute}
    modes = np.array(parts.get("nodes_modes", []), dtype=object)
    comparisons = sorted(set(modes) - {_LEAF})
    if not all(mode in _COMPARISONS for mode in comparisons) or len(comparisons) > 1:
        return None
    comparison = _COMPARISONS[comparisons[0]] if comparisons else "<="
    return _forest(parts, modes == _LEAF, comparison, outputs)


def _forest(parts: dict[str, Any], is_leaf: np.ndarray, comparison: str, outputs: int) -> Forest:
    place = _Places(parts["nodes_treeids"], parts["nodes_nodeids"])
    trees = np.array(parts["nodes_treeids"])
    yes, no = (np.where(is_leaf, -1, place.of(trees, parts[f"nodes_{way}nodeids"])) for way in ("true", "false"))
    is_root = np.ones(len(trees), dtype=bool)
    is_root[yes[~is_leaf]] = is_root[no[~is_leaf]] = False
    tracks = parts.get("nodes_missing_value_tracks_true") or [0] * len(trees)
    return Forest(
        position=np.where(is_leaf, -1, parts["nodes_featureids"]),
        threshold=np.array(parts["nodes_values"], dtype=np.float32),
        yes=yes,
        no=no,
        missing_is_yes=np.array(tracks, dtype=bool),
        roots=np.flatnonzero(is_root),
        values=_values(parts, place, outputs)[is_leaf] / _divisor(parts, is_root),
        comparison=comparison,
        base=_base(parts, outputs),
    )


class _Places:
    """Row of a node in the arrays, by its tree and its number in the tree."""

    def __init__(self, trees: list[int], nodes: list[int]) -> None:
        self._most = max(nodes) + 1
        keys = np.array(trees) * self._most + np.array(nodes)
        self._order = np.argsort(keys)
        self._keys = keys[self._order]

    def of(self, trees: np.ndarray, nodes: list[int]) -> np.ndarray:
        """Rows of nodes; a number that is in no tree gives any row."""
        found = np.searchsorted(self._keys, trees * self._most + np.array(nodes))
        return self._order[np.minimum(found, len(self._order) - 1)]


def _values(parts: dict[str, Any], place: _Places, outputs: int) -> np.ndarray:
    kind = "class" if "class_ids" in parts else "target"
    rows = place.of(np.array(parts[f"{kind}_treeids"]), parts[f"{kind}_nodeids"])
    targets = np.array(parts[f"{kind}_ids"])
    weights = np.array(parts[f"{kind}_weights"], dtype=np.float32).astype(np.float64)
    values = np.zeros((len(parts["nodes_treeids"]), max(int(targets.max()) + 1, outputs)))
    np.add.at(values, (rows, targets), weights)
    # With weights for one class of two, that number is the positive's, whatever class they name.
    return values if outputs > 1 else values[:, -1:]


def _divisor(parts: dict[str, Any], is_root: np.ndarray) -> float:
    return float(is_root.sum()) if parts.get("aggregate_function") == b"AVERAGE" else 1.0


def _base(parts: dict[str, Any], outputs: int) -> np.ndarray:
    given = np.array(parts.get("base_values") or [0.0], dtype=np.float32).astype(np.float64)
    return np.resize(given if outputs > 1 else given[-1:], outputs)
