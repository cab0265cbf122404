"""Batches and their limits, logging beside the work, and many writers at once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import mlflow
import pytest
from mlflow import MlflowClient
from mlflow.entities import Metric, Param, RunTag
from mlflow.exceptions import MlflowException

from proof import ask, error_of, proves


def in_threads(count: int, task: Callable[[int], None]) -> None:
    """Runs the task that often at the same time; raises what one of them raised."""
    with ThreadPoolExecutor(count) as pool:
        list(pool.map(task, range(count)))


def metric(key: str, value: object, timestamp: int = 1, step: int = 0) -> dict:
    """One metric as the wire has it."""
    return {"key": key, "value": value, "timestamp": timestamp, "step": step}


@proves("POST runs/log-batch", "GET runs/get")
def test_a_whole_batch(client: MlflowClient, run: str) -> None:
    metrics = [Metric(f"m{number}", number / 7, 1, 0) for number in range(800)]
    params = [Param(f"p{number}", str(number)) for number in range(100)]
    tags = [RunTag(f"t{number}", str(number)) for number in range(100)]
    client.log_batch(run, metrics, params, tags)
    data = client.get_run(run).data
    assert data.metrics == {one.key: one.value for one in metrics}
    assert data.params == {one.key: one.value for one in params}
    assert {one.key: data.tags[one.key] for one in tags} == {one.key: one.value for one in tags}


@proves("POST runs/log-batch", "GET runs/get")
def test_a_batch_of_100_params_of_6000_letters(client: MlflowClient, run: str) -> None:
    params = [Param(f"p{number}", f"{number}:" + "x" * 5990) for number in range(100)]
    client.log_batch(run, params=params)
    assert client.get_run(run).data.params == {one.key: one.value for one in params}


@proves("POST runs/log-batch")
def test_an_empty_batch_is_fine(client: MlflowClient, run: str) -> None:
    client.log_batch(run)
    assert ask("POST", "runs/log-batch", {"run_id": run}).status == 200


TOO_MUCH = {
    "1001 metrics": {"metrics": [metric("m", number) for number in range(1001)]},
    "101 params": {"params": [{"key": f"p{number}", "value": "1"} for number in range(101)]},
    "101 tags": {"tags": [{"key": f"t{number}", "value": "1"} for number in range(101)]},
    "1001 together": {
        "metrics": [metric("m", number) for number in range(901)],
        "params": [{"key": f"p{number}", "value": "1"} for number in range(100)],
    },
    "one bad name": {"metrics": [metric("good", 1), metric("../bad", 1)], "params": [{"key": "p", "value": "1"}]},
    "one param twice": {"params": [{"key": "p", "value": "1"}, {"key": "p", "value": "2"}], "tags": []},
    "a metric without a value": {"metrics": [{"key": "m", "timestamp": 1}], "tags": [{"key": "t", "value": "1"}]},
}


@proves("POST runs/log-batch", "GET runs/get")
@pytest.mark.parametrize("name", TOO_MUCH)
def test_a_refused_batch_writes_nothing(client: MlflowClient, run: str, name: str) -> None:
    before = client.get_run(run).data.to_dictionary()
    answer = ask("POST", "runs/log-batch", {"run_id": run} | TOO_MUCH[name])
    assert error_of(answer) == (400, "INVALID_PARAMETER_VALUE")
    assert client.get_run(run).data.to_dictionary() == before


@proves("POST runs/log-batch", "GET runs/get")
def test_a_batch_that_changes_a_param_writes_nothing(client: MlflowClient, run: str) -> None:
    client.log_param(run, "depth", 3)
    with pytest.raises(MlflowException, match="depth"):
        client.log_batch(run, [Metric("m", 1, 1, 0)], [Param("new", "1"), Param("depth", "4")], [RunTag("t", "1")])
    data = client.get_run(run).data
    assert (data.params, data.metrics, "t" in data.tags) == ({"depth": "3"}, {}, False)


@proves("POST runs/log-batch", "GET metrics/get-history")
def test_the_same_batch_twice(client: MlflowClient, run: str) -> None:
    for _ in range(2):
        client.log_batch(run, [Metric("m", 1, 1, 0)], [Param("p", "1")], [RunTag("t", "1")])
    assert len(client.get_metric_history(run, "m")) == 1


@proves("POST runs/log-batch", "GET runs/get")
def test_the_last_tag_of_a_batch_wins(client: MlflowClient, run: str) -> None:
    client.log_batch(run, tags=[RunTag("t", "1"), RunTag("t", "2")])
    assert client.get_run(run).data.tags["t"] == "2"


@proves("POST runs/log-batch", "GET runs/get")
def test_fluent_logging(client: MlflowClient, active: mlflow.ActiveRun) -> None:
    mlflow.log_metrics({"a": 1, "b": 2.5}, step=3)
    mlflow.log_params({"x": 1, "y": "two"})
    mlflow.set_tags({"t": "1"})
    data = client.get_run(active.info.run_id).data
    assert (data.metrics, data.params, data.tags["t"]) == ({"a": 1, "b": 2.5}, {"x": "1", "y": "two"}, "1")


@proves("POST runs/log-batch", "GET metrics/get-history")
def test_asynchronous_logging(client: MlflowClient, active: mlflow.ActiveRun) -> None:
    for step in range(50):
        mlflow.log_metric("loss", 1 / (step + 1), step=step, synchronous=False)
    mlflow.log_params({"lr": 0.1}, synchronous=False)
    mlflow.set_tag("late", "yes", synchronous=False)
    mlflow.flush_async_logging()
    steps = sorted(one.step for one in client.get_metric_history(active.info.run_id, "loss"))
    assert steps == list(range(50))
    assert client.get_run(active.info.run_id).data.params == {"lr": "0.1"}


@proves("POST runs/log-metric", "GET metrics/get-history", "GET runs/get")
def test_fifty_threads_lose_nothing(client: MlflowClient, run: str) -> None:
    def log(thread: int) -> None:
        for step in range(3):
            client.log_metric(run, "m", thread + step / 10, timestamp=1000 + step, step=step)

    in_threads(50, log)
    seen = [(one.timestamp, one.step, one.value) for one in client.get_metric_history(run, "m")]
    assert seen == sorted((1000 + step, step, thread + step / 10) for thread in range(50) for step in range(3))
    assert client.get_run(run).data.metrics["m"] == 49.2


@proves("POST runs/log-batch", "GET metrics/get-history")
def test_threads_of_batches_lose_nothing(client: MlflowClient, run: str) -> None:
    def log(thread: int) -> None:
        client.log_batch(run, [Metric(f"m{thread % 2}", thread, 5, step) for step in range(50)])

    in_threads(12, log)
    for key in range(2):
        seen = sorted((one.step, one.value) for one in client.get_metric_history(run, f"m{key}"))
        assert seen == sorted((step, thread) for thread in range(key, 12, 2) for step in range(50))
