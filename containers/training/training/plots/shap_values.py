"""Plots of single SHAP values: every explained row a point."""

import numpy as np
import pandas as pd
from pandas.api.types import is_numeric_dtype

from training.explain import Sample
from training.plots.importance import unit
from training.plots.inputs import PlotInputs
from training.plots.spec import HEIGHT, MAIN, QUIET, WIDTH, Spec, Values, number, plot, rows

_COLUMNS = 12
_ROW = 34
_DEPENDENCE = 4
_CATEGORIES = 12
_STRIP = 30
#: Points that lie on each other are moved apart this far at most, in bands.
_SPREAD = 0.4
_BINS = 60
_NO_LEVEL = -1
#: So many points in one place take all of the room.
_FULL = 8
_LOW_TO_HIGH = {"range": ["#2166AC", "#A07FB8", "#C51B47"], "domain": [0, 0.5, 1]}


def summary_plot(given: PlotInputs) -> Spec:
    """SHAP values of the most important columns, coloured by the column's own value."""
    sample, output = _shown(given)
    order = _ranked(sample, output)[:_COLUMNS]
    values: Values = []
    for place in order:
        found = sample.values[:, place, output]
        level = _level(sample.frame[sample.columns[place]])
        column = [sample.columns[place]] * len(found)
        values += rows(
            column=column, x=found, aside=_aside(found, np.ptp(sample.values[:, order, output])), level=level
        )
    names = [sample.columns[place] for place in order]
    legend = {"title": "Value of the column", "values": [0, 1], "labelExpr": "datum.value < .5 ? 'low' : 'high'"}
    colour = {
        "field": "level",
        "type": "quantitative",
        "scale": _LOW_TO_HIGH,
        "legend": {**legend, "gradientLength": 120},
    }
    grey = {"condition": {"test": "datum.level < 0", "value": QUIET}, **colour}
    encoding = {
        "x": number("x", f"SHAP value, {unit(given)}: to the right means {_more(given, output)}"),
        "y": {
            "field": "column",
            "type": "nominal",
            "sort": names,
            "title": None,
            "axis": {"ticks": False, "grid": True},
        },
        "yOffset": {"field": "aside", "type": "quantitative", "scale": {"domain": [-0.5, 0.5]}},
        "color": grey,
    }
    mark = {"type": "circle", "size": 14, "opacity": 0.75}
    layers: list[Spec] = [_zero(), {"data": {"values": values}, "mark": mark, "encoding": encoding}]
    about = [
        given.about(f"{len(sample.frame)} test rows, a point each"),
        "grey: text or missing, which has no low and high",
    ]
    return plot("SHAP values", about, {"layer": layers}, (WIDTH, _ROW * len(order)))


def dependence_plots(given: PlotInputs) -> dict[str, Spec]:
    """Show what a column's values do, for each of the four most important columns."""
    sample, output = _shown(given)
    found = {}
    for place in _ranked(sample, output)[:_DEPENDENCE]:
        name = sample.columns[place]
        column, values = sample.frame[name], sample.values[:, place, output]
        draw = _by_number if is_numeric_dtype(column) else _by_category
        found[f"dependence_{name}"] = draw(given, column, values, _more(given, output))
    return found


def _by_number(given: PlotInputs, column: pd.Series, values: np.ndarray, more: str) -> Spec:
    raw = column.to_numpy(dtype=np.float64)
    there = ~np.isnan(raw)
    layers = [
        _zero("y"),
        {
            "data": {"values": rows(x=raw[there], y=values[there])},
            "mark": {"type": "point", "filled": True, "size": 28, "opacity": 0.6, "color": MAIN},
            "encoding": {
                "x": number("x", str(column.name), zero=False, nice=True),
                "y": number("y", f"SHAP value, {unit(given)}", zero=False),
            },
        },
    ]
    missing = int((~there).sum())
    gone = f", {missing} more have none" if missing else ""
    about = given.about(f"{int(there.sum())} test rows{gone} · up means {more}")
    return plot(f"What {column.name} does", about, {"layer": layers})


def _by_category(given: PlotInputs, column: pd.Series, values: np.ndarray, more: str) -> Spec:
    shown = column.value_counts().index[:_CATEGORIES]
    kept = column.isin(shown).to_numpy()
    means = pd.Series(values[kept]).groupby(column[kept].to_numpy()).mean().sort_values(ascending=False)
    label = {name: name or "(missing)" for name in means.index}
    names = [label[name] for name in column[kept]]
    aside = np.random.default_rng(0).uniform(-_SPREAD, _SPREAD, int(kept.sum()))
    y = {"field": "category", "type": "nominal", "sort": list(label.values()), "title": str(column.name)}
    x = number("x", f"SHAP value, {unit(given)}")
    points = {
        "data": {"values": rows(x=values[kept], category=names, aside=aside)},
        "mark": {"type": "circle", "size": 22, "opacity": 0.5, "color": MAIN},
        "encoding": {
            "x": x,
            "y": y,
            "yOffset": {"field": "aside", "type": "quantitative", "scale": {"domain": [-0.5, 0.5]}},
        },
    }
    middle = {
        "data": {"values": rows(x=means, category=list(label.values()))},
        "mark": {"type": "tick", "thickness": 3, "color": "#1F2933", "size": _STRIP - 8},
        "encoding": {"x": x, "y": y},
    }
    about = given.about(f"{int(kept.sum())} test rows, bar: mean of the category · right means {more}")
    size = (WIDTH, max(_STRIP * len(means), HEIGHT // 4))
    return plot(f"What {column.name} does", about, {"layer": [_zero(), points, middle]}, size)


def _shown(given: PlotInputs) -> tuple[Sample, int]:
    """Explained rows, and which output is shown: of several classes the one most rows have."""
    if given.sample is None:
        raise ValueError("no explained rows to draw")
    if len(given.sample.outputs) == 1:
        return given.sample, 0
    return given.sample, int(np.bincount(given.y, minlength=len(given.classes)).argmax())


def _more(given: PlotInputs, output: int) -> str:
    named = given.sample is not None and given.problem.is_classification
    return f"more {given.sample.outputs[output]}" if named else "a larger number"


def _ranked(sample: Sample, output: int) -> list[int]:
    sizes = np.abs(sample.values[:, :, output]).mean(axis=0)
    return [int(place) for place in np.argsort(-sizes, kind="stable") if sizes[place] > 0]


def _level(column: pd.Series) -> np.ndarray:
    """Where a number lies among those of its column, 0 to 1; -1 for texts and missing ones."""
    if not is_numeric_dtype(column):
        return np.full(len(column), _NO_LEVEL)
    return column.rank(pct=True).fillna(_NO_LEVEL).to_numpy()


def _aside(values: np.ndarray, width: float) -> np.ndarray:
    """Offsets across the axis so that points that lie close do not hide each other, widest where most are."""
    bins = np.floor(values / (width or 1.0) * _BINS).astype(np.int64)
    found = np.zeros(len(values))
    names, counts = np.unique(bins, return_counts=True)
    for name, count in zip(names, counts, strict=True):
        reach = _SPREAD * count / max(counts.max(), _FULL)
        found[bins == name] = np.linspace(-reach, reach, count) if count > 1 else 0.0
    return found


def _zero(axis: str = "x") -> Spec:
    encoding = {axis: {"field": "at", "type": "quantitative"}}
    return {"data": {"values": [{"at": 0}]}, "mark": {"type": "rule", "color": "#B8C2CC"}, "encoding": encoding}
