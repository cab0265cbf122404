"""Parts of moments, in UTC: a calendar in integer arithmetic.

The way from days to dates is that of Howard Hinnant, https://howardhinnant.github.io/date_algorithms.html.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from onnx import TensorProto

from training.graph.compose import Nodes
from training.sql.values import Scalar, Value, scalar_of

_DAY, _HOUR, _MINUTE, _SECOND = 86_400_000_000, 3_600_000_000, 60_000_000, 1_000_000


@dataclass(frozen=True)
class _Whole:
    """An int64 tensor, far from 64 bits; // and % are those of Python, by positive constants."""

    nodes: Nodes
    name: str

    def _with(self, operator: str, other: "_Whole | int") -> "_Whole":
        name = other.name if isinstance(other, _Whole) else self.nodes.constant(other, np.int64)
        return _Whole(self.nodes, self.nodes.add(operator, self.name, name))

    def __add__(self, other: "_Whole | int") -> "_Whole":
        return self._with("Add", other)

    def __sub__(self, other: "_Whole | int") -> "_Whole":
        return self._with("Sub", other)

    def __mul__(self, other: int) -> "_Whole":
        return self._with("Mul", other)

    def __mod__(self, other: int) -> "_Whole":
        return self._with("Mod", other)

    def __floordiv__(self, other: int) -> "_Whole":
        return (self - self % other)._with("Div", other)

    def below(self, bound: int) -> "_Whole":
        """1 where it is below, else 0."""
        return _Whole(self.nodes, self.nodes.add("Cast", self._with("Less", bound).name, to=TensorProto.INT64))


def _day(micros: _Whole) -> _Whole:
    return micros // _DAY


def _date(day: _Whole) -> tuple[_Whole, _Whole, _Whole]:
    """Year, month and day of month of a day since 1970."""
    shifted = day + 719_468
    era = shifted // 146_097
    of_era = shifted - era * 146_097
    year_of_era = (of_era - of_era // 1_460 + of_era // 36_524 - of_era // 146_096) // 365
    # From the first of March on, so that the leap day is the last.
    of_year = of_era - (year_of_era * 365 + year_of_era // 4 - year_of_era // 100)
    counted = (of_year * 5 + 2) // 153
    of_month = of_year - (counted * 153 + 2) // 5 + 1
    month = counted + 3 - (counted.below(10) * -12 + 12)
    return year_of_era + era * 400 + month.below(3), month, of_month


def _first_of_year(year: _Whole) -> _Whole:
    """Day since 1970 of its first of January."""
    before = year - 1
    return before * 365 + before // 4 - before // 100 + before // 400 - 719_162


def _weekday(micros: _Whole) -> _Whole:
    # 1970-01-01 was a Thursday.
    return (_day(micros) + 4) % 7


def _iso_weekday(micros: _Whole) -> _Whole:
    return (_day(micros) + 3) % 7 + 1


def _iso_week(micros: _Whole) -> _Whole:
    """Count weeks: that of the year's first Thursday is 1."""
    thursday = _day(micros) - _iso_weekday(micros) + 4
    return (thursday - _first_of_year(_date(thursday)[0])) // 7 + 1


def _quarter(micros: _Whole) -> _Whole:
    return (_date(_day(micros))[1] + 2) // 3


def _day_of_year(micros: _Whole) -> _Whole:
    day = _day(micros)
    return day - _first_of_year(_date(day)[0]) + 1


_PARTS: dict[str, Callable[[_Whole], _Whole]] = {
    "year": lambda t: _date(_day(t))[0],
    "quarter": _quarter,
    "month": lambda t: _date(_day(t))[1],
    "week": _iso_week,
    "day": lambda t: _date(_day(t))[2],
    "dayofweek": _weekday,
    "isodow": _iso_weekday,
    "dayofyear": _day_of_year,
    "hour": lambda t: t % _DAY // _HOUR,
    "minute": lambda t: t % _HOUR // _MINUTE,
    "second": lambda t: t % _MINUTE // _SECOND,
}
_ALIASES = {"dayofmonth": "day", "dow": "dayofweek", "weekday": "dayofweek", "doy": "dayofyear"}
PARTS = frozenset({*_PARTS, *_ALIASES, "epoch"})


def part(nodes: Nodes, name: str, value: Value) -> Scalar:
    """Take a part of a moment by its name in ``PARTS``: an integer; ``epoch`` is seconds since 1970, a number."""
    moment = scalar_of(nodes, value, "timestamp")
    if name == "epoch":
        micros = nodes.add("Cast", moment.data, to=TensorProto.DOUBLE)
        return Scalar("number", nodes.add("Div", micros, nodes.constant(1e6, np.float64)), moment.known)
    found = _PARTS[_ALIASES.get(name, name)](_Whole(nodes, moment.data))
    return Scalar("integer", found.name, moment.known)
