"""Where the checks run: FEAST_CHECKS_URL (…/feast/default), FEAST_CHECKS_API and FEAST_CHECKS_KEY."""

import json
import os
import uuid
from pathlib import Path

# Read by the client when it is imported: no word of a check leaves this machine.
os.environ |= {"FEAST_USAGE": "False", "DO_NOT_TRACK": "true"}

import pytest
from feast import FeatureStore
from platform_api import define
from repo import make_store, objects

results: list[dict[str, str]] = []


def pytest_addoption(parser: pytest.Parser) -> None:
    """How the checks are run."""
    parser.addoption("--report", metavar="FILE", help="write how each check ended, as JSON")


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Notes how each check ended, once."""
    if report.when == "call" or (report.when == "setup" and not report.passed):
        message = report.longreprtext if report.failed else ""
        results.append({"name": report.nodeid, "outcome": report.outcome, "message": message})


def pytest_sessionfinish(session: pytest.Session) -> None:
    """The report for programs."""
    file = session.config.getoption("--report")
    if file:
        Path(file).write_text(json.dumps({"checks": results}))


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> FeatureStore:
    """The real client."""
    return make_store(tmp_path_factory.mktemp("repo"), os.environ["FEAST_CHECKS_URL"], "FEAST_CHECKS_KEY")


@pytest.fixture(scope="session")
def views(store: FeatureStore) -> dict[str, object]:
    """Views that both the repository and the platform define."""
    made = objects(uuid.uuid4().hex[:8])
    store.apply(list(made.values()))
    for name in ("profile", "spend"):
        define(made[name])
    return made
