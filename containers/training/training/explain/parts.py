"""parts.json: what a server needs, with the encoded row of the graph, to come to the same values.

Common: ``{format: 1, method, of, beforeCalibration, outputs: [name], columns: [raw column], columnOf: [place in columns
of each encoded position], base: [number an output], expected: [number an output], float32: [field]}``. A column is a
player, its positions are switched together. ``expected`` is the mean over the background, with which values add up; it
and the columns are all there is of a sampled method. Numbers of the fields that
``float32`` names are written short: round them to float32 before use, then go on in float64.

linear: ``coefficients`` ``[outputs][positions]``; ``base`` is the intercept. A value is the sum over the column's
positions of coefficient times (encoded row less the mean of the encoded background).

tree: a position is compared with a threshold (``comparison``), both float32. Trees follow each other, each in preorder:
the node after a split is its yes branch, ``no`` says how many nodes further the no branch begins.
``position`` has an entry a node, -1 is a leaf; ``threshold``, ``no`` and ``missing`` (a text: 1 where NaN is yes) have
one a split, in order; ``values`` one a leaf, in order, or one a leaf and output where ``output`` of the tree is -1.
``nodes`` counts the nodes of each tree, ``output`` names the output its leaves speak of.
"""

from typing import Any

import numpy as np

from training.explain.background import shortest
from training.explain.exact import Exact
from training.explain.forest import Forest


def parts_of(exact: Exact) -> dict[str, Any]:
    """Trees or coefficients, as the module's comment says."""
    if isinstance(exact.part, Forest):
        return _trees(exact.part)
    return {
        "float32": ["coefficients"],
        "base": exact.part.intercept.tolist(),
        "coefficients": [shortest(row.astype(np.float32)) for row in exact.part.coefficients],
    }


def _trees(forest: Forest) -> dict[str, Any]:
    order, starts = _preorder(forest)
    ends = np.append(starts[1:], len(order))
    position = forest.position[order]
    splits, leaves = order[position >= 0], order[position < 0]
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    leaf_number = np.cumsum(forest.position < 0) - 1
    outputs = _outputs(forest, leaf_number[leaves], np.searchsorted(ends, place[leaves], side="right"))
    return {
        "base": forest.base.tolist(),
        "comparison": forest.comparison,
        "nodes": (ends - starts).tolist(),
        "position": position.tolist(),
        "threshold": shortest(forest.threshold[splits]),
        "no": (place[forest.no[splits]] - place[splits]).tolist(),
        "missing": "".join("1" if yes else "0" for yes in forest.missing_is_yes[splits]),
        **outputs,
    }


def _preorder(forest: Forest) -> tuple[np.ndarray, np.ndarray]:
    """Nodes in preorder, and where each tree starts among them."""
    yes, no, order, starts = forest.yes.tolist(), forest.no.tolist(), [], []
    for root in forest.roots.tolist():
        starts.append(len(order))
        waiting = [root]
        while waiting:
            node = waiting.pop()
            order.append(node)
            if yes[node] >= 0:
                waiting += (no[node], yes[node])
    return np.array(order), np.array(starts)


def _outputs(forest: Forest, leaves: np.ndarray, tree: np.ndarray) -> dict[str, Any]:
    values = forest.values[leaves]
    spoken = np.zeros((len(forest.roots), values.shape[1]), dtype=bool)
    np.logical_or.at(spoken, tree, values != 0)
    lone = spoken.sum(axis=1) <= 1
    output = np.where(lone, spoken.argmax(axis=1), -1)
    kept = [values[n, output[t]] if lone[t] else values[n] for n, t in enumerate(tree)]
    flat = np.concatenate([np.atleast_1d(value) for value in kept])
    # What was read as float32 and not divided can be written as one.
    short = flat.astype(np.float32)
    single = np.array_equal(short, flat)
    float32 = ["threshold", "values"] if single else ["threshold"]
    return {"float32": float32, "output": output.tolist(), "values": shortest(short if single else flat)}
