"""Pandera: validate_pandera.py pandas|polars DATA SUITE prints one verdict an expectation."""

import json
import sys
import warnings

warnings.filterwarnings("ignore")
engine, data, suite = sys.argv[1:4]
with open(suite) as file:
    expectations = json.load(file)["expectations"]

if engine == "pandas":
    import pandas as pd
    import pandera.pandas as pa

    frame = pd.read_parquet(data)
else:
    import pandera.polars as pa
    import polars as pl

    frame = pl.read_parquet(data)


def whole(name, low, high):
    """A check of one number of the column."""
    if engine == "pandas":
        ask = {"unique_value_count": "nunique", "stdev": "std"}.get(name, name)
        return pa.Check(lambda series: low <= getattr(series, ask)() <= high)
    ask = {"unique_value_count": "n_unique", "stdev": "std"}.get(name, name)
    return pa.Check(
        lambda data: data.lazyframe.select(getattr(pl.col(data.key).drop_nulls(), ask)().is_between(low, high)),
    )


def check(kind, kwargs):
    low, high = kwargs.get("min_value", float("-inf")), kwargs.get("max_value", float("inf"))
    if kind == "column_values_to_be_between":
        return pa.Check.in_range(low, high)
    if kind == "column_values_to_be_in_set":
        return pa.Check.isin(kwargs["value_set"])
    if kind == "column_values_to_match_regex":
        return pa.Check.str_matches(kwargs["regex"])
    if kind == "column_value_lengths_to_equal":
        return pa.Check.str_length(kwargs["value"], kwargs["value"])
    if kind == "column_value_lengths_to_be_between":
        return pa.Check.str_length(low, high)
    return whole(kind.removeprefix("column_").removesuffix("_to_be_between"), low, high)


def pair(kwargs):
    a, b = kwargs["column_A"], kwargs["column_B"]
    if engine == "pandas":
        return pa.Check(lambda frame: (frame[a] >= frame[b]) | frame[a].isna() | frame[b].isna())
    return pa.Check(lambda data: data.lazyframe.select((pl.col(a) >= pl.col(b)).fill_null(True)))


columns, names, checks = {}, {}, []
for at, one in enumerate(expectations):
    kind, kwargs = one["type"].removeprefix("expect_"), one["kwargs"]
    if kind == "column_pair_values_a_to_be_greater_than_b":
        checks.append(pair(kwargs))
        checks[-1].error = str(at)
        continue
    made = columns.setdefault(kwargs["column"], {"checks": [], "nullable": True, "unique": False})
    if kind == "column_values_to_not_be_null":
        made["nullable"], names[kwargs["column"], "not_nullable"] = False, at
    elif kind == "column_values_to_be_unique":
        made["unique"], names[kwargs["column"], "field_uniqueness"] = True, at
    else:
        made["checks"].append(check(kind, kwargs))
        made["checks"][-1].error = str(at)

schema = pa.DataFrameSchema({name: pa.Column(**made) for name, made in columns.items()}, checks=checks)
verdicts = [True] * len(expectations)
try:
    schema.validate(frame, lazy=True)
except pa.errors.SchemaErrors as errors:
    for error in errors.schema_errors:
        name = str(error.check.error) if getattr(error.check, "error", None) else str(error.check)
        if not name.isdigit():
            name = names[error.schema.name, name.split("(")[0]]
        verdicts[int(name)] = False
print(json.dumps(verdicts))
