"""Where the checks run: MLFLOW_TRACKING_URI and, where one is asked for, MLFLOW_TRACKING_TOKEN."""

import inspect
import os
from collections.abc import Iterator
from typing import Any

# Read by the client when it is imported: no word of a check leaves this machine, and an error shows in seconds.
os.environ |= {"MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "true", "GIT_PYTHON_REFRESH": "quiet"}
os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "2")
os.environ.setdefault("MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR", "1")

import mlflow
import pytest
from mlflow import MlflowClient

from proof import unique
from proof.endpoints import ENDPOINTS
from proof.marks import is_too_new
from proof.recorder import asked, record
from proof.report import Report

report = Report()


def pytest_addoption(parser: pytest.Parser) -> None:
    """How the checks are run."""
    parser.addoption("--real-server", action="store_true", help="the address is a bare mlflow server")
    parser.addoption("--client-only", action="store_true", help="leave out the checks that the client has no part in")
    parser.addoption("--report", metavar="FILE", help="write what passed, by endpoint and by check, as JSON")


def pytest_configure(config: pytest.Config) -> None:
    """Without an address there is nothing to check."""
    if not os.environ.get("MLFLOW_TRACKING_URI"):
        raise pytest.UsageError("MLFLOW_TRACKING_URI is not set: name the address of the server to check")
    if config.getoption("--real-server"):
        os.environ["REAL_SERVER"] = "1"
    record()


def endpoints_of(item: pytest.Item) -> list[str]:
    """The endpoints that a check claims to prove."""
    return [endpoint for mark in item.iter_markers("proves") for endpoint in mark.args]


def asks_the_client(item: pytest.Item) -> bool:
    """Whether it is the client that asks: a check of plain HTTP, of the grammar or of many threads is none of it."""
    own = inspect.signature(item.function).parameters
    server = "search" in item.path.stem or "threads" in item.name or "at_once" in item.name
    return not own.keys().isdisjoint({"client", "active", "churn"}) and not server


def client_checks(items: list[pytest.Item]) -> list[pytest.Item]:
    """One case of each check that the client has a part in: other values take the same way through it."""
    cases = {(item.path, item.originalname): item for item in reversed(items) if asks_the_client(item)}
    return sorted(cases.values(), key=items.index)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Every check names endpoints that there are; what a bare server lacks is skipped there."""
    items[:] = [item for item in items if not is_too_new(item)]
    if config.getoption("--client-only"):
        items[:] = client_checks(items)
    for item in items:
        named = endpoints_of(item)
        unknown = [endpoint for endpoint in named if endpoint not in ENDPOINTS]
        if not named or unknown:
            raise pytest.UsageError(f"{item.nodeid} must prove endpoints of proof/endpoints.py, got {unknown or None}")
        special = item.get_closest_marker("platform_only")
        if special and config.getoption("--real-server"):
            item.add_marker(pytest.mark.skip(reason=special.args[0]))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Any:
    """A check that passed without asking for what it claims to prove has proven nothing."""
    asked.clear()
    result = yield
    missing = set(endpoints_of(item)) - asked
    assert not missing, f"the check claims {sorted(missing)}, but asked only {sorted(asked)}"
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    """Notes how each check ended, once."""
    seen: pytest.TestReport = yield
    if seen.when == "call" or (seen.when == "setup" and not seen.passed):
        report.add(item.nodeid, endpoints_of(item), seen.outcome, seen.longreprtext if seen.failed else "")
    return seen


def pytest_sessionfinish(session: pytest.Session) -> None:
    """The report for programs."""
    file = session.config.getoption("--report")
    if file:
        report.write(file)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """The report for people."""
    terminalreporter.section(f"checks by endpoint, mlflow {mlflow.__version__}")
    for line in report.lines():
        terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def client() -> MlflowClient:
    """The real client."""
    return MlflowClient()


@pytest.fixture(scope="module")
def experiment(client: MlflowClient) -> str:
    """Id of an experiment of the module's own."""
    return client.create_experiment(unique("checks"))


@pytest.fixture
def run(client: MlflowClient, experiment: str) -> str:
    """Id of a running run that nothing was logged to."""
    return client.create_run(experiment).info.run_id


@pytest.fixture
def model(client: MlflowClient) -> str:
    """Name of a registered model without versions."""
    return client.create_registered_model(unique("model")).name


@pytest.fixture
def active(experiment: str) -> Iterator[mlflow.ActiveRun]:
    """A run as people start it."""
    with mlflow.start_run(experiment_id=experiment) as started:
        yield started
