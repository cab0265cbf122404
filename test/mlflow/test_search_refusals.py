"""What search_runs refuses, and that it shows the offending part."""

import pytest
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException

from proof import ask, error_of, proves


@proves("POST runs/search")
@pytest.mark.parametrize(
    ("filter_string", "shown"),
    [
        ("metrics.acc > 'high'", "high"),
        ("metrics.acc LIKE '1%'", "1%|LIKE"),
        ("status IN ('FAILED', 'RUNNING')", None),
        ("params.model = RF", "RF"),
        ("params.model = 5", "5"),
        ("params.model > 'a'", ">"),
        ("tags.env < 'a'", "<"),
        ("shoe.size = '5'", "shoe"),
        ("attributes.shoe = '5'", "shoe"),
        ("status > 'a'", ">"),
        ("start_time = 'noon'", "noon"),
        ("start_time LIKE '1%'", "1%|LIKE"),
        ("params.model = 'a' OR params.model = 'b'", "OR"),
        ("(params.model = 'a')", "("),
        ("params.model", "params.model"),
        ("= 'a'", None),
        ("metrics.acc IS NULL", "IS"),
        ("params.model = 'open", None),
        ("run_id IN (1, 2)", None),
        ("run_id IN ()", None),
    ],
)
def test_a_bad_filter_is_refused(experiment: str, filter_string: str, shown: str | None) -> None:
    answer = ask("POST", "runs/search", {"experiment_ids": [experiment], "filter": filter_string})
    assert error_of(answer) == (400, "INVALID_PARAMETER_VALUE")
    assert shown is None or any(token in answer.body["message"] for token in shown.split("|"))


@proves("POST runs/search")
@pytest.mark.parametrize("order", ["shoe", "metrics.acc UPWARDS", "metrics", "shoe.size DESC", "", "DESC"])
def test_a_bad_order_is_refused(experiment: str, order: str) -> None:
    answer = ask("POST", "runs/search", {"experiment_ids": [experiment], "order_by": [order]})
    assert error_of(answer) == (400, "INVALID_PARAMETER_VALUE")


@proves("POST runs/search")
@pytest.mark.parametrize(
    "change",
    [{"max_results": 50001}, {"max_results": "all"}, {"page_token": "?!"}, {"page_token": "bm9uc2Vuc2U="}],
)
def test_a_bad_search_is_refused(experiment: str, change: dict) -> None:
    answer = ask("POST", "runs/search", {"experiment_ids": [experiment]} | change)
    assert error_of(answer) == (400, "INVALID_PARAMETER_VALUE")


@proves("POST runs/search")
def test_a_bad_filter_raises_in_the_client(client: MlflowClient, experiment: str) -> None:
    with pytest.raises(MlflowException) as refused:
        client.search_runs([experiment], "metrics.acc ~ 1")
    assert refused.value.error_code == "INVALID_PARAMETER_VALUE"
