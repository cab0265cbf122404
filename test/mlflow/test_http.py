"""What no client sends: broken bodies, wrong types, no key, a key that may not; and the open addresses."""

import os
import urllib.error
import urllib.request

import pytest
from mlflow import MlflowClient

from proof import ask, error_of, platform_only, proves, refused, unique
from proof.recorder import note

CREATE = "POST experiments/create"


@proves(CREATE)
@pytest.mark.parametrize("body", ['{"name": "x"', "{'name': 'x'}", "name=x", '{"name": "x"} and more', "[1, 2]", '"x"'])
def test_a_body_that_is_no_object_is_refused(body: str) -> None:
    assert refused(ask("POST", "experiments/create", body)) in ("INVALID_PARAMETER_VALUE", "BAD_REQUEST")


@proves(CREATE)
@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "application/xml", ""])
def test_another_content_type_is_refused(kind: str) -> None:
    answer = ask("POST", "experiments/create", {"name": unique("kind")}, {"Content-Type": kind})
    assert answer.status == 400


@proves(CREATE)
@pytest.mark.parametrize(
    "kind", ["application/json", "application/json; charset=utf-8", "application/json;charset=UTF-8"]
)
def test_json_with_a_charset_is_taken(kind: str) -> None:
    assert ask("POST", "experiments/create", {"name": unique("kind")}, {"Content-Type": kind}).status == 200


@proves(CREATE)
def test_unknown_fields_are_ignored() -> None:
    assert ask("POST", "experiments/create", {"name": unique("more"), "shoe_size": {"eu": [43]}}).status == 200


@proves("GET runs/get")
def test_unknown_query_fields_are_ignored(run: str) -> None:
    assert ask("GET", f"runs/get?run_id={run}&shoe_size=43").status == 200


@proves("GET experiments/get")
def test_an_error_is_json_with_code_and_message() -> None:
    answer = ask("GET", "experiments/get?experiment_id=987654321")
    kind = {name.lower(): value for name, value in answer.headers.items()}["content-type"]
    assert kind.startswith("application/json")
    assert answer.body["error_code"] == "RESOURCE_DOES_NOT_EXIST"
    assert "987654321" in answer.body["message"]


@proves("GET runs/get")
def test_an_unknown_route_is_404() -> None:
    ask("GET", "runs/get?run_id=x")
    assert ask("GET", "runs/walk").status == 404
    assert ask("GET", "nothing/here").status == 404


@proves(CREATE, "GET experiments/get-by-name", "POST runs/create")
def test_the_ajax_prefix_is_the_same(experiment: str) -> None:
    name = unique("ajax")
    made = ask("POST", "/ajax-api/2.0/mlflow/experiments/create", {"name": name}).body["experiment_id"]
    seen = ask("GET", f"/ajax-api/2.0/mlflow/experiments/get-by-name?experiment_name={name}").body["experiment"]
    assert seen["experiment_id"] == made
    assert ask("POST", "/ajax-api/2.0/mlflow/runs/create", {"experiment_id": made, "start_time": 1}).status == 200


@proves("GET health")
def test_health_is_open() -> None:
    answer = ask("GET", "/health", headers={"Authorization": ""})
    assert answer.status == 200


@proves("GET version")
def test_version_is_plain_text() -> None:
    answer = ask("GET", "/version")
    assert (answer.status, str(answer.body)) == (200, "3.17.2")


@platform_only("a bare server asks nobody for a key")
@proves("GET experiments/get", CREATE, "GET registered-models/get", "GET mlflow-artifacts/artifacts")
@pytest.mark.parametrize("key", [None, "Bearer mlp_nobody_nothing", "Bearer", "Basic bm9ib2R5Om5vdGhpbmc="])
def test_without_a_good_key_is_401(key: str | None) -> None:
    base = os.environ["MLFLOW_TRACKING_URI"].rstrip("/")
    calls = [
        ("GET", "/api/2.0/mlflow/experiments/get?experiment_id=0", None),
        ("POST", "/api/2.0/mlflow/experiments/create", b"{}"),
        ("GET", "/api/2.0/mlflow/registered-models/get?name=a", None),
        ("GET", "/api/2.0/mlflow-artifacts/artifacts?path=0", None),
    ]
    statuses = []
    for method, path, body in calls:
        headers = {"Content-Type": "application/json"} | ({"Authorization": key} if key else {})
        note(method, base + path)
        try:
            urllib.request.urlopen(urllib.request.Request(base + path, body, headers, method=method), timeout=30)
            statuses.append(200)
        except urllib.error.HTTPError as refusal:
            statuses.append(refusal.code)
    assert statuses == [401] * 4


def role_key(role: str) -> str:
    """A key of that role, made by the platform's own route."""
    return ask("POST", "/keys", {"name": unique("mlflow"), "role": role}).body["apiKey"]


@pytest.fixture(scope="module")
def keys() -> dict[str, dict[str, str]]:
    """An authorization header for every role."""
    return {role: {"Authorization": f"Bearer {role_key(role)}"} for role in ("viewer", "scientist", "deployer")}


READS = ["experiments/get?experiment_id={experiment}", "registered-models/search", "model-versions/search"]
WRITES = {
    "experiments/create": ("POST", {"name": "{unique}"}),
    "runs/create": ("POST", {"experiment_id": "{experiment}", "start_time": 1}),
    "registered-models/create": ("POST", {"name": "{unique}"}),
}
DEPLOYS = {
    "registered-models/alias": ("POST", {"name": "{model}", "alias": "champion", "version": "1"}),
    "model-versions/transition-stage": (
        "POST",
        {"name": "{model}", "version": "1", "stage": "Production", "archive_existing_versions": False},
    ),
}


@pytest.fixture
def names(experiment: str, client: MlflowClient, model: str) -> dict[str, str]:
    """What the bodies above are filled with."""
    client.create_model_version(model, "s3://somewhere/a")
    return {"experiment": experiment, "model": model}


def filled(body: dict, names: dict[str, str]) -> dict:
    """The body with this check's names."""
    all_names = names | {"unique": unique("role")}
    return {key: value.format(**all_names) if isinstance(value, str) else value for key, value in body.items()}


def statuses(calls: dict, names: dict[str, str], headers: dict[str, str]) -> list[int]:
    """What a table of calls answers to somebody."""
    return [ask(method, path, filled(body, names), headers).status for path, (method, body) in calls.items()]


@platform_only("a bare server has no roles")
@proves("GET experiments/get", "GET registered-models/search", "GET model-versions/search")
@pytest.mark.parametrize("role", ["viewer", "scientist", "deployer"])
def test_everyone_reads(keys: dict, experiment: str, role: str) -> None:
    assert [ask("GET", path.format(experiment=experiment), headers=keys[role]).status for path in READS] == [200] * 3


@platform_only("a bare server has no roles")
@proves(CREATE, "POST runs/create", "POST registered-models/create")
def test_a_viewer_writes_nothing(keys: dict, names: dict) -> None:
    assert statuses(WRITES, names, keys["viewer"]) == [403] * 3


@platform_only("a bare server has no roles")
@proves(CREATE, "POST runs/create", "POST registered-models/create")
def test_a_scientist_writes(keys: dict, names: dict) -> None:
    assert statuses(WRITES, names, keys["scientist"]) == [200] * 3


@platform_only("a bare server has no roles")
@proves("POST registered-models/alias", "POST model-versions/transition-stage")
def test_a_scientist_deploys_nothing(keys: dict, names: dict) -> None:
    assert statuses(DEPLOYS, names, keys["scientist"]) == [403] * 2


@platform_only("a bare server has no roles")
@proves("POST registered-models/alias", "POST model-versions/transition-stage")
def test_a_deployer_deploys(keys: dict, names: dict) -> None:
    assert statuses(DEPLOYS, names, keys["deployer"]) == [200] * 2


@platform_only("a bare server has no roles")
@proves(CREATE)
def test_a_refusal_is_mlflow_s_own(keys: dict) -> None:
    answer = ask("POST", "experiments/create", {"name": unique("no")}, keys["viewer"])
    assert error_of(answer) == (403, "PERMISSION_DENIED")


@platform_only("a bare server takes bodies of any size")
@proves("POST runs/set-tag")
def test_a_body_beyond_the_limit_is_413(run: str) -> None:
    body = {"run_id": run, "key": "k", "value": "v" * 7_000_000}
    assert ask("POST", "runs/set-tag", body).status == 413


@platform_only("a bare server has no other way in")
@proves("GET experiments/get")
def test_user_name_and_password(experiment: str) -> None:
    import base64

    token = os.environ["MLFLOW_TRACKING_TOKEN"]
    pair = base64.b64encode(f"api:{token}".encode()).decode()
    answer = ask("GET", f"experiments/get?experiment_id={experiment}", headers={"Authorization": f"Basic {pair}"})
    assert answer.status == 200
