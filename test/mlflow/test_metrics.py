"""Metrics: every number that a double can hold, histories in order, the latest one."""

import math

import pytest
from mlflow import MlflowClient
from mlflow.entities import Metric

from proof import ask, error_of, proves

GREATEST = 1.7976931348623157e308
BEYOND = 2**53 + 1  # the first whole number that a double cannot hold


def metric(key: str, value: object, timestamp: int = 1, step: int = 0) -> dict:
    """One metric as the wire has it."""
    return {"key": key, "value": value, "timestamp": timestamp, "step": step}


@proves("POST runs/log-metric", "GET runs/get", "GET metrics/get-history")
@pytest.mark.parametrize("value", [0.0, -0.5, 1e-300, 1.7e308, 5e-324, 0.1 + 0.2, 123456789.123456789, 1, True])
def test_values_come_back_exactly(client: MlflowClient, run: str, value: float) -> None:
    client.log_metric(run, "m", value)
    assert client.get_run(run).data.metrics["m"] == float(value)
    assert client.get_metric_history(run, "m")[0].value == float(value)


@proves("POST runs/log-metric", "GET runs/get", "GET metrics/get-history")
@pytest.mark.parametrize(("value", "back"), [(math.inf, GREATEST), (-math.inf, -GREATEST)])
def test_infinity_is_the_greatest_number(client: MlflowClient, run: str, value: float, back: float) -> None:
    client.log_metric(run, "m", value)
    assert client.get_run(run).data.metrics["m"] == back
    assert client.get_metric_history(run, "m")[0].value == back


@proves("POST runs/log-metric", "GET runs/get", "GET metrics/get-history")
def test_nan_is_nan(client: MlflowClient, run: str) -> None:
    client.log_metric(run, "m", math.nan)
    assert math.isnan(client.get_run(run).data.metrics["m"])
    assert math.isnan(client.get_metric_history(run, "m")[0].value)


@proves("POST runs/log-metric")
@pytest.mark.parametrize("literal", ["NaN", '"NaN"', "Infinity", '"Infinity"', "-Infinity", '"-Infinity"', "1e400"])
def test_literals_and_texts_are_numbers(run: str, literal: str) -> None:
    body = f'{{"run_id": "{run}", "key": "m", "value": {literal}, "timestamp": 1}}'
    assert ask("POST", "runs/log-metric", body).status == 200


@proves("POST runs/log-metric", "GET metrics/get-history", "GET runs/get")
@pytest.mark.parametrize("step", [0, -1, BEYOND, -BEYOND, 2**63 - 1, -(2**63)])
def test_steps_keep_every_digit(client: MlflowClient, run: str, step: int) -> None:
    client.log_metric(run, "m", 1.5, timestamp=7, step=step)
    assert client.get_metric_history(run, "m")[0].step == step
    assert ask("GET", f"runs/get?run_id={run}").body["run"]["data"]["metrics"][0].get("step", 0) == step


@proves("POST runs/log-metric", "GET metrics/get-history")
def test_an_integer_may_be_text(run: str) -> None:
    body = {"run_id": run, "key": "m", "value": 1, "timestamp": str(BEYOND), "step": str(BEYOND)}
    assert ask("POST", "runs/log-metric", body).status == 200
    seen = ask("GET", f"metrics/get-history?run_id={run}&metric_key=m").body["metrics"][0]
    assert (seen["timestamp"], seen["step"]) == (BEYOND, BEYOND)


@proves("POST runs/log-metric", "GET metrics/get-history")
@pytest.mark.parametrize("key", ["a/b", "a.b", "a b", "a-b_c:d", "ü", "日本", "k" * 250])
def test_keys(client: MlflowClient, run: str, key: str) -> None:
    client.log_metric(run, key, 2)
    assert [one.value for one in client.get_metric_history(run, key)] == [2]


@proves("POST runs/log-metric")
@pytest.mark.parametrize("key", ["", "k" * 251, "../up", "/root", "a//b", "m%", "a+b", "😀"])
def test_a_bad_key_is_refused(run: str, key: str) -> None:
    answer = ask("POST", "runs/log-metric", {"run_id": run} | metric(key, 1))
    assert error_of(answer) == (400, "INVALID_PARAMETER_VALUE")


@proves("POST runs/log-metric")
@pytest.mark.parametrize("change", [{"value": "much"}, {"timestamp": "now"}, {"step": "one"}, {"key": 5}])
def test_a_mistyped_field_is_refused(run: str, change: dict) -> None:
    answer = ask("POST", "runs/log-metric", {"run_id": run} | metric("m", 1) | change)
    assert error_of(answer) == (400, "INVALID_PARAMETER_VALUE")


@proves("POST runs/log-metric")
@pytest.mark.parametrize("field", ["key", "value", "timestamp"])
def test_a_missing_field_is_refused(run: str, field: str) -> None:
    body = {"run_id": run} | metric("m", 1)
    del body[field]
    answer = ask("POST", "runs/log-metric", body)
    assert error_of(answer) == (400, "INVALID_PARAMETER_VALUE")
    assert field in answer.body["message"]


@proves("POST runs/log-metric")
def test_without_a_run_is_refused() -> None:
    assert error_of(ask("POST", "runs/log-metric", metric("m", 1))) == (400, "INVALID_PARAMETER_VALUE")


@proves("POST runs/log-metric", "GET metrics/get-history")
def test_the_same_point_twice_is_stored_once(client: MlflowClient, run: str) -> None:
    for _ in range(3):
        client.log_metric(run, "m", 0.5, timestamp=10, step=1)
    client.log_metric(run, "m", 0.6, timestamp=10, step=1)
    assert [one.value for one in client.get_metric_history(run, "m")] == [0.5, 0.6]


@proves("POST runs/log-batch", "GET metrics/get-history")
def test_history_is_ordered_by_time_step_value(client: MlflowClient, run: str) -> None:
    points = [(3, 0, 1.0), (1, 5, 2.0), (1, -5, 9.0), (2, 0, 7.0), (2, 0, -7.0), (1, 5, 1.0)]
    client.log_batch(run, [Metric("m", value, time, step) for time, step, value in points])
    seen = [(one.timestamp, one.step, one.value) for one in client.get_metric_history(run, "m")]
    assert seen == sorted(points)


LATEST = {
    "greatest step": ([(9, 1, 1.0), (1, 2, 2.0)], 2.0),
    "then the time": ([(9, 1, 1.0), (1, 1, 2.0)], 1.0),
    "then the value": ([(1, 1, 1.0), (1, 1, 2.0), (1, 1, 1.5)], 2.0),
    "negative steps": ([(1, -2, 1.0), (1, -1, 2.0)], 2.0),
    "steps beyond 2^53": ([(1, BEYOND, 2.0), (1, BEYOND - 1, 1.0)], 2.0),
}


@proves("POST runs/log-metric", "GET runs/get")
@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("name", LATEST)
def test_the_latest_is_the_greatest(client: MlflowClient, run: str, name: str, backwards: bool) -> None:
    points, expected = LATEST[name]
    for time, step, value in points[::-1] if backwards else points:
        client.log_metric(run, "m", value, timestamp=time, step=step)
    assert client.get_run(run).data.metrics["m"] == expected


@proves("GET metrics/get-history")
def test_history_of_nothing_is_empty(client: MlflowClient, run: str) -> None:
    assert client.get_metric_history(run, "never") == []


@proves("GET metrics/get-history")
def test_history_of_an_unknown_run_is_404() -> None:
    answer = ask("GET", f"metrics/get-history?run_id={'0' * 32}&metric_key=m")
    assert answer.status in (200, 404)  # a bare server answers an empty history
    assert not (answer.status == 200 and answer.body.get("metrics"))


@proves("POST runs/log-batch", "GET metrics/get-history")
@pytest.mark.parametrize("size", [1, 3, 7, 10])
def test_history_in_pages(client: MlflowClient, run: str, size: int) -> None:
    client.log_batch(run, [Metric("m", step, 100 - step, step) for step in range(7)])
    steps: list[int] = []
    token, pages = "", 0
    while True:
        page = ask("GET", f"metrics/get-history?run_id={run}&metric_key=m&max_results={size}{token}").body
        steps += [one.get("step", 0) for one in page["metrics"]]
        pages += 1
        if not page.get("next_page_token"):
            break
        token = f"&page_token={page['next_page_token']}"
    assert (steps, pages) == (list(range(6, -1, -1)), -(-7 // size))


@proves("POST runs/log-batch", "GET metrics/get-history")
def test_without_max_results_there_are_no_pages(client: MlflowClient, run: str) -> None:
    client.log_batch(run, [Metric("m", step, 1, step) for step in range(1000)])
    client.log_batch(run, [Metric("m", step, 1, step) for step in range(1000, 1500)])
    body = ask("GET", f"metrics/get-history?run_id={run}&metric_key=m").body
    assert (len(body["metrics"]), body.get("next_page_token")) == (1500, None)
    assert len(client.get_metric_history(run, "m")) == 1500


@proves("GET metrics/get-history")
@pytest.mark.parametrize("wrong", ["max_results=0", "max_results=-1", "max_results=5&page_token=%3F%21"])
def test_a_bad_page_is_refused(client: MlflowClient, run: str, wrong: str) -> None:
    client.log_metric(run, "m", 1)
    answer = ask("GET", f"metrics/get-history?run_id={run}&metric_key=m&{wrong}")
    assert error_of(answer) == (400, "INVALID_PARAMETER_VALUE")
