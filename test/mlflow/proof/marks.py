"""Marks of a check."""

import mlflow
import pytest
from packaging.version import Version

CLIENT = Version(mlflow.__version__)


def proves(*endpoints: str) -> pytest.MarkDecorator:
    """The check shows that these work: `METHOD path`, as in proof/endpoints.py."""
    return pytest.mark.proves(*endpoints)


def platform_only(reason: str) -> pytest.MarkDecorator:
    """The check is skipped with --real-server: a bare server has no such thing."""
    return pytest.mark.platform_only(reason)


def since(version: str) -> pytest.MarkDecorator:
    """The check is left out with a client older than that."""
    return pytest.mark.since(version)


def is_too_new(item: pytest.Item) -> bool:
    """Whether the check asks for what this client does not have."""
    return any(Version(mark.args[0]) > CLIENT for mark in item.iter_markers("since"))
