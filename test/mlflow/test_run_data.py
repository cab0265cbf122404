"""Tags and params of a run."""

import pytest
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException

from proof import ask, error_of, proves


@proves("POST runs/set-tag", "POST runs/delete-tag", "GET runs/get")
@pytest.mark.parametrize("key", ["plain", "a/b", "a.b", "a b", "ü-_:"])
def test_tags(client: MlflowClient, run: str, key: str) -> None:
    client.set_tag(run, key, "first")
    client.set_tag(run, key, "second\nline ✓")
    assert client.get_run(run).data.tags[key] == "second\nline ✓"
    client.delete_tag(run, key)
    assert key not in client.get_run(run).data.tags


@proves("POST runs/delete-tag")
def test_a_missing_tag_is_404(run: str) -> None:
    answer = ask("POST", "runs/delete-tag", {"run_id": run, "key": "nothing"})
    assert error_of(answer) == (404, "RESOURCE_DOES_NOT_EXIST")


@proves("POST runs/set-tag")
@pytest.mark.parametrize("key", ["", "a/../b", "/a", "a" * 251, "a\tb" * 100])
def test_a_bad_tag_key_is_refused(run: str, key: str) -> None:
    answer = ask("POST", "runs/set-tag", {"run_id": run, "key": key, "value": "x"})
    assert error_of(answer) == (400, "INVALID_PARAMETER_VALUE")


@proves("POST runs/set-tag", "GET runs/get")
def test_a_long_tag_is_cut(client: MlflowClient, run: str) -> None:
    assert ask("POST", "runs/set-tag", {"run_id": run, "key": "t", "value": "ü" * 8001}).status == 200
    assert client.get_run(run).data.tags["t"] == "ü" * 8000


@proves("POST runs/log-parameter", "GET runs/get")
def test_params_are_text(client: MlflowClient, run: str) -> None:
    values = {"int": 1, "float": 0.1, "none": None, "list": [1, "a"], "empty": "", "text": "ü 日本 😀"}
    for key, value in values.items():
        client.log_param(run, key, value)
    assert client.get_run(run).data.params == {key: str(value) for key, value in values.items()}


@proves("POST runs/log-parameter")
def test_a_param_may_come_again_but_not_change(client: MlflowClient, run: str) -> None:
    for _ in range(2):
        client.log_param(run, "depth", 3)
    answer = ask("POST", "runs/log-parameter", {"run_id": run, "key": "depth", "value": "5"})
    assert error_of(answer) == (400, "INVALID_PARAMETER_VALUE")
    assert all(shown in answer.body["message"] for shown in ("depth", "3", "5"))
    assert client.get_run(run).data.params == {"depth": "3"}


@proves("POST runs/log-parameter")
def test_a_changed_param_raises_in_the_client(client: MlflowClient, run: str) -> None:
    client.log_param(run, "depth", 3)
    with pytest.raises(MlflowException, match="depth") as refused:
        client.log_param(run, "depth", 4)
    assert refused.value.error_code == "INVALID_PARAMETER_VALUE"


@proves("POST runs/log-parameter", "GET runs/get")
def test_a_long_param_is_cut(client: MlflowClient, run: str) -> None:
    client.log_param(run, "p", "ab" * 3500)
    assert client.get_run(run).data.params["p"] == "ab" * 3000


@proves("POST runs/log-parameter")
@pytest.mark.parametrize("key", ["", "k" * 251, "../up", "a//b", "new\nline"])
def test_a_bad_param_key_is_refused(run: str, key: str) -> None:
    answer = ask("POST", "runs/log-parameter", {"run_id": run, "key": key, "value": "x"})
    assert error_of(answer) == (400, "INVALID_PARAMETER_VALUE")
