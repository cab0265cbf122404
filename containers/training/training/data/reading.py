from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pandas as pd

from training.errors import TrainingError
from training.job import TrainingJob

_NUMBERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT")
_NUMBERS += ("UHUGEINT", "FLOAT", "DOUBLE", "DECIMAL", "BOOLEAN")
_STRINGS = ("VARCHAR", "ENUM")
_TIMES = ("DATE", "TIMESTAMP", "TIMESTAMP WITH TIME ZONE", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS")
_TABLE = "read_parquet(?, union_by_name=true, filename=true, file_row_number=true)"
#: Names of what is read beside columns of the job's choice; none of them can be a column's name.
LABEL, SPLIT = ":label", ":split"


@dataclass(frozen=True)
class Wanted:
    """A column to read: what it becomes, number, string or text of any value, and under which name."""

    column: str
    kind: str
    role: str

    @property
    def name(self) -> str:
        """Name in the table that is read: one column can have several roles."""
        return f"{self.role}:{self.column}"


def wanted_columns(job: TrainingJob) -> list[Wanted]:
    """Model inputs, columns that features are computed from, and those that fairness looks at."""
    wanted = [Wanted(column.name, column.type, "input") for column in job.inputs]
    wanted += [Wanted(name, kind, "source") for name, kind in source_columns(job).items()]
    return wanted + [Wanted(name, "text", "sensitive") for name in (job.fairness.columns if job.fairness else ())]


def source_columns(job: TrainingJob) -> dict[str, str]:
    """Columns that on-demand features are computed from: name to ``string``, ``timestamp`` or ``number``."""
    kinds = {"string": "string", "timestamp": "timestamp"}
    fields = (*job.on_demand.request_fields, *job.on_demand.stored) if job.on_demand else ()
    return {field.name: kinds.get(field.type, "number") for field in fields}


def read_table(job: TrainingJob, files: Sequence[Path]) -> pd.DataFrame:
    """Read what ``wanted_columns`` names, the label and the split, in the order of the entity key.

    Numbers, booleans and times (seconds since 1970) are float64 with NaN for NULL; strings are objects.

    Raises
    ------
    TrainingError
        ``COLUMN_MISSING``, ``TYPE_MISMATCH``, and ``SOURCE_INVALID`` for files that are no Parquet or hold text that is
        no UTF-8.
    """
    paths = [str(file) for file in files]
    # One thread: rows of one key must come in one order.
    with duckdb.connect(config={"threads": 1}) as connection:
        types = _types(connection, paths)
        _require_columns(job, types)
        try:
            filled = _filled(connection, job, paths)
            _require_types(job, types, filled)
            return connection.execute(_query(job, types, filled), [paths]).df()
        except duckdb.Error as error:
            raise _unreadable(connection, paths, types, error) from error


def _types(connection: duckdb.DuckDBPyConnection, paths: list[str]) -> dict[str, str]:
    try:
        source = connection.read_parquet(paths, union_by_name=True)
    except duckdb.Error as error:
        raise TrainingError("SOURCE_INVALID", f"the training set cannot be read as Parquet: {error}") from error
    return dict(zip(source.columns, map(str, source.types), strict=True))


def _require_columns(job: TrainingJob, types: dict[str, str]) -> None:
    names = [job.label.name, job.entity_key, job.split_column, *(column.column for column in wanted_columns(job))]
    missing = [name for name in dict.fromkeys(names) if name not in types]
    if missing:
        raise TrainingError(
            "COLUMN_MISSING",
            f"the training set has no column {', '.join(missing)}; it has {', '.join(types)}; "
            "add it to the features SQL or take it out of the project",
        )


def _filled(connection: duckdb.DuckDBPyConnection, job: TrainingJob, paths: list[str]) -> dict[str, int]:
    names = list(dict.fromkeys(column.column for column in wanted_columns(job)))
    counts = ", ".join(f"count({quoted(name)})" for name in names)
    found = connection.execute(f"SELECT {counts} FROM {_TABLE}", [paths])
    return dict(zip(names, found.fetchone() or (), strict=True))


def _require_types(job: TrainingJob, types: dict[str, str], filled: dict[str, int]) -> None:
    allowed = {"number": _NUMBERS, "string": _STRINGS, "timestamp": (*_NUMBERS, *_TIMES)}
    for wanted in wanted_columns(job):
        stored = types[wanted.column]
        # A column without a single value has whatever type its writer made up.
        if wanted.kind == "text" or not filled[wanted.column] or _kind(stored) in allowed[wanted.kind]:
            continue
        cast = "epoch(…)" if _kind(stored) in _TIMES else "CAST"
        raise TrainingError(
            "TYPE_MISMATCH",
            f"column {wanted.column} is declared {wanted.kind} and is {stored} in the training set; "
            f"convert it by {cast} in the features SQL or change the type in the feature view",
        )


def _query(job: TrainingJob, types: dict[str, str], filled: dict[str, int]) -> str:
    columns = [
        f"{_converted(wanted, types[wanted.column], filled[wanted.column])} AS {quoted(wanted.name)}"
        for wanted in wanted_columns(job)
    ]
    columns.append(f"{_plain(job.label.name, types[job.label.name])} AS {quoted(LABEL)}")
    columns.append(f"CAST({quoted(job.split_column)} AS VARCHAR) AS {quoted(SPLIT)}")
    # The key alone would leave the order of rows that share one to chance.
    order = f"{quoted(job.entity_key)} NULLS FIRST, filename, file_row_number"
    return f"SELECT {', '.join(columns)} FROM {_TABLE} ORDER BY {order}"


def _converted(wanted: Wanted, stored: str, filled: int) -> str:
    column = quoted(wanted.column)
    if wanted.kind == "text":
        return _plain(wanted.column, stored)
    if not filled:
        return f"CAST(NULL AS {'VARCHAR' if wanted.kind == 'string' else 'DOUBLE'})"
    if _kind(stored) in _TIMES:
        return f"epoch({column})"
    return f"CAST({column} AS {'VARCHAR' if wanted.kind == 'string' else 'DOUBLE'})"


def _plain(name: str, stored: str) -> str:
    # DECIMAL and HUGEINT come out of DuckDB as objects unless cast.
    if stored in ("BOOLEAN", "VARCHAR"):
        return quoted(name)
    return f"CAST({quoted(name)} AS {'DOUBLE' if _kind(stored) in _NUMBERS else 'VARCHAR'})"


def _unreadable(
    connection: duckdb.DuckDBPyConnection, paths: list[str], types: dict[str, str], error: duckdb.Error
) -> TrainingError:
    broken = [name for name in types if not _readable(connection, paths, name)]
    if not broken:
        return TrainingError("SOURCE_INVALID", f"the training set cannot be read: {error}")
    return TrainingError(
        "SOURCE_INVALID",
        f"column {', '.join(broken)} of the training set cannot be read; text must be UTF-8: convert the source file, "
        f"e.g. by iconv, and ingest it again ({str(error).splitlines()[0]})",
    )


def _readable(connection: duckdb.DuckDBPyConnection, paths: list[str], name: str) -> bool:
    try:
        connection.execute(f"SELECT max({quoted(name)}) FROM read_parquet(?, union_by_name=true)", [paths]).fetchall()
    except duckdb.Error:
        return False
    return True


def _kind(sql_type: str) -> str:
    return sql_type.split("(", maxsplit=1)[0]


def quoted(name: str) -> str:
    """Write a name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'
