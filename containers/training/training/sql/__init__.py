"""On-demand SQL as ONNX operators."""

from training.sql.prelude import Prelude, compile_on_demand, literals_by_column

__all__ = ["Prelude", "compile_on_demand", "literals_by_column"]
