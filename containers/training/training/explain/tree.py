"""Exact interventional Shapley values of tree ensembles, encoded positions of one raw column switched together.

A leaf is reached by a row x whose columns outside a coalition are replaced by those of a background row b when every
column on its path is satisfied by whichever of the two it comes from. With A the columns that only x satisfies and N
those that only b satisfies, the leaf is a game won by coalitions that hold all of A and none of N, whose Shapley
values are known: ``(|A|-1)! |N|! / (|A|+|N|)!`` for each of A and ``-|A|! (|N|-1)! / (|A|+|N|)!`` for each of N
(Lundberg et al. 2020, supplement, "interventional TreeSHAP"; the grouping only changes what a column is).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import comb

import numpy as np
from scipy.sparse import csr_matrix

from training.explain.forest import Forest

#: Columns on one path: they are bits of a number.
MOST_COLUMNS_A_PATH = 63
#: Cells held at once: a bound of memory.
_CELLS = 6_000_000


class TooManyColumnsError(ValueError):
    """A path asks more different columns than there are bits."""


@dataclass(frozen=True)
class _Paths:
    """Ways to some leaves: an entry is a node passed, a slot a column on the way to a leaf; by leaf, then column."""

    node: np.ndarray
    wanted: np.ndarray
    slot_starts: np.ndarray
    slot_leaf: np.ndarray
    slot_column: np.ndarray
    slot_rank: np.ndarray
    leaf_starts: np.ndarray
    full: np.ndarray
    values: np.ndarray

    def masks(self, decides: np.ndarray) -> np.ndarray:
        """Columns each row satisfies, as bits of a number: ``[leaves, N]``."""
        kept = np.logical_and.reduceat(decides[self.node] == self.wanted[:, None], self.slot_starts, axis=0)
        kind = self.full.dtype
        bits = kept.astype(kind) << self.slot_rank[:, None].astype(kind)
        return np.add.reduceat(bits, self.leaf_starts, axis=0, dtype=kind)


class TreeValues:
    """Shapley values over raw columns of a forest against fixed background rows.

    Parameters
    ----------
    forest : Forest
    column_of : sequence of int
        Raw column of each encoded position.
    background : ndarray of float32, shape (B, M)
        Encoded rows.

    Raises
    ------
    TooManyColumnsError
        If more than 63 different columns lie on one path.
    """

    def __init__(self, forest: Forest, column_of: Sequence[int], background: np.ndarray) -> None:
        self._forest, self._columns = forest, int(max(column_of)) + 1
        self._paths = list(_paths(forest, np.array(column_of), len(background)))
        self._background = forest.decides(background)
        self.base = margins(forest, background).mean(axis=0)

    def values(self, encoded: np.ndarray) -> np.ndarray:
        """Values ``[N, columns, outputs]`` of encoded rows ``[N, M]``; with ``base`` they add up to the margin."""
        found = np.zeros((self._columns, len(encoded), len(self.base)))
        decides = self._forest.decides(encoded)
        for paths in self._paths:
            shares = _shares(paths, paths.masks(decides), paths.masks(self._background))
            for output in np.flatnonzero(paths.values.any(axis=0)):
                weights = paths.values[paths.slot_leaf, output]
                shape = (self._columns, len(weights))
                gather = csr_matrix((weights, (paths.slot_column, np.arange(len(weights)))), shape=shape)
                found[:, :, output] += gather @ shares
        return found.transpose(1, 0, 2)


def margins(forest: Forest, encoded: np.ndarray) -> np.ndarray:
    """Sum over the trees and the base ``[N, outputs]`` of encoded rows ``[N, M]``."""
    decides = forest.decides(encoded)
    leaf_of = np.cumsum(forest.position < 0) - 1
    at = np.repeat(forest.roots[:, None], len(encoded), axis=1)
    rows = np.arange(len(encoded))
    while (forest.position[at] >= 0).any():
        step = np.where(decides[at, rows], forest.yes[at], forest.no[at])
        at = np.where(forest.position[at] < 0, at, step)
    # Tree by tree: all at once would hold trees x rows x outputs.
    total = np.tile(forest.base, (len(encoded), 1))
    for leaves in leaf_of[at]:
        total += forest.values[leaves]
    return total


def _paths(forest: Forest, column_of: np.ndarray, rows: int) -> Iterator[_Paths]:
    leaf, node, wanted = _entries(forest)
    columns = int(column_of.max()) + 1
    keys = leaf * columns + column_of[forest.position[node]]
    order = np.argsort(keys, kind="stable")
    leaf, node, wanted, keys = leaf[order], node[order], wanted[order], keys[order]
    # Whole leaves at a time, so that what a block holds stays within the bound.
    first = np.flatnonzero(np.diff(leaf, prepend=-1))
    block = np.repeat(first // max(_CELLS // rows, 1), np.diff(np.append(first, len(leaf))))
    for part in np.split(np.arange(len(leaf)), np.flatnonzero(np.diff(block)) + 1):
        if len(part):
            yield _block(forest, columns, (keys[part], node[part], wanted[part]))


def _block(forest: Forest, columns: int, entries: tuple[np.ndarray, np.ndarray, np.ndarray]) -> _Paths:
    keys, node, wanted = entries
    slot_starts = np.flatnonzero(np.diff(keys, prepend=-1))
    leaves, slot_leaf = np.unique(keys[slot_starts] // columns, return_inverse=True)
    leaf_starts = np.flatnonzero(np.diff(slot_leaf, prepend=-1))
    rank = np.arange(len(slot_starts)) - leaf_starts[slot_leaf]
    if rank.max() >= MOST_COLUMNS_A_PATH:
        raise TooManyColumnsError(f"{rank.max() + 1} different columns on one path, at most {MOST_COLUMNS_A_PATH}")
    # Small numbers compare several at a time.
    kind = np.uint16 if rank.max() < np.iinfo(np.uint16).bits else np.uint64
    lengths = np.diff(np.append(leaf_starts, len(slot_starts)))
    return _Paths(
        node=node,
        wanted=wanted,
        slot_starts=slot_starts,
        slot_leaf=slot_leaf,
        slot_column=keys[slot_starts] % columns,
        slot_rank=rank,
        leaf_starts=leaf_starts,
        full=np.array([(1 << int(length)) - 1 for length in lengths], dtype=kind),
        values=forest.values[leaves],
    )


def _entries(forest: Forest) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Every node above every leaf: number of the leaf, node, whether the way down takes its true branch."""
    parent, from_yes = np.full(len(forest.position), -1), np.zeros(len(forest.position), dtype=bool)
    splits = np.flatnonzero(forest.position >= 0)
    parent[forest.yes[splits]], from_yes[forest.yes[splits]] = splits, True
    parent[forest.no[splits]] = splits
    found, at = [], forest.leaves
    number = np.arange(len(at))
    while len(at):
        above = parent[at]
        inner = above >= 0
        found.append((number[inner], above[inner], from_yes[at[inner]]))
        number, at = number[inner], above[inner]
    leaf, node, wanted = (np.concatenate(part) for part in zip(*found, strict=True))
    return leaf, node, wanted


def _shares(paths: _Paths, rows: np.ndarray, background: np.ndarray) -> np.ndarray:
    """Mean Shapley values of the games "this leaf is reached": ``[slots, N]``."""
    found = np.empty((len(paths.slot_leaf), rows.shape[1]))
    step = max(_CELLS // (rows.shape[1] * background.shape[1]), 1)
    bounds = np.append(paths.leaf_starts, len(paths.slot_leaf))
    for start in range(0, len(rows), step):
        leaves = slice(start, min(start + step, len(rows)))
        slots = slice(bounds[leaves.start], bounds[leaves.stop])
        patterns, place, _ = _patterns(rows[leaves])
        table = _table(patterns, _patterns(background[leaves]), paths.full[leaves])
        leaf = paths.slot_leaf[slots] - leaves.start
        found[slots] = table[leaf[:, None], place[leaf], paths.slot_rank[slots][:, None]]
    return found / background.shape[1]


def _patterns(masks: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Different masks a leaf ``[leaves, most]``, which of them each row has, and how many rows have each (0: none)."""
    order = np.argsort(masks, axis=1, kind="stable")
    ordered = np.take_along_axis(masks, order, axis=1)
    rank = np.zeros(masks.shape, dtype=np.int64)
    np.cumsum(ordered[:, 1:] != ordered[:, :-1], axis=1, out=rank[:, 1:])
    most = int(rank.max()) + 1
    patterns, place = np.zeros((len(masks), most), dtype=masks.dtype), np.empty_like(rank)
    np.put_along_axis(patterns, rank, ordered, axis=1)
    np.put_along_axis(place, order, rank, axis=1)
    flat = (rank + np.arange(len(masks))[:, None] * most).ravel()
    return patterns, place, np.bincount(flat, minlength=len(masks) * most).reshape(len(masks), most)


def _table(patterns: np.ndarray, background: tuple[np.ndarray, np.ndarray, np.ndarray], full: np.ndarray) -> np.ndarray:
    """Sum over the background rows of the value of each column on the path: ``[leaves, patterns, columns]``."""
    against, _, counts = background
    reached = (patterns[:, :, None] | against[:, None, :]) == full[:, None, None]
    leaf, own, other = np.unravel_index(np.flatnonzero(reached & (counts > 0)[:, None, :]), reached.shape)
    theirs, rows = against[leaf, other], counts[leaf, other].astype(np.float64)
    length = np.bitwise_count(full)
    # Where x or b satisfies every column, A is what b does not satisfy, and N what x does not.
    needed = length[leaf] - np.bitwise_count(theirs)
    banned = length[leaf] - np.bitwise_count(patterns[leaf, own])
    weights = _weights(int(length.max()))
    cell, size = leaf * patterns.shape[1] + own, patterns.size
    gain = rows * weights[needed, banned]
    loss = np.bincount(cell, rows * weights[banned, needed], size).reshape(patterns.shape)
    longest = int(length.max())
    table = np.zeros((*patterns.shape, longest))
    for rank in range(longest):
        bit = patterns.dtype.type(1 << rank)
        only_own = (theirs & bit) == 0
        gained = np.bincount(cell[only_own], gain[only_own], size).reshape(patterns.shape)
        table[:, :, rank] = np.where(patterns & bit, gained, -loss)
    return table


def _weights(most: int) -> np.ndarray:
    """``(own - 1)! other! / (own + other)!`` by own and other; 0 where own is 0."""
    found = np.zeros((most + 1, most + 1))
    for own in range(1, most + 1):
        found[own] = [1 / (own * comb(own + other, own)) for other in range(most + 1)]
    return found
