"""What turns one node of an expression's tree into nodes of a graph asks the compiler for those below it."""

from collections.abc import Callable, Mapping

from sqlglot.expressions.core import Expression

from training.graph.compose import Nodes
from training.sql.values import UnsupportedSqlError, Value

Names = Mapping[str, Value]


class Compiler:
    """Adds the nodes of an expression, each kind of node by its own form.

    Parameters
    ----------
    nodes : Nodes
    names : mapping of str to Value
        Values of the columns that it may name.
    forms : mapping of type to Form
    """

    def __init__(self, nodes: Nodes, names: Names, forms: "Mapping[type[Expression], Form]") -> None:
        self.nodes = nodes
        self.names = names
        self._forms = forms

    def value(self, node: Expression | None) -> Value:
        """Add the nodes of a tree; UnsupportedSqlError where it has no form."""
        form = self._forms.get(type(node)) if node is not None else None
        if form is None or node is None:
            raise UnsupportedSqlError(f"a graph has no {type(node).__name__}")
        return form(self, node)

    def values(self, nodes: list[Expression]) -> list[Value]:
        """Add the nodes of several trees."""
        return [self.value(node) for node in nodes]


Form = Callable[[Compiler, Expression], Value]
