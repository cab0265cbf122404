"""search_runs: the whole grammar, order and pages, on one family of runs."""

import math

import pytest
from mlflow import MlflowClient
from mlflow.entities import Metric, Param, RunTag, ViewType

from proof import proves, unique

# Each has a letter for a name; what is left out here, the run does not have.
RUNS = {
    "a": {"metrics": {"acc": 0.9, "loss": 0.1}, "params": {"model": "RF", "depth": "3"}, "tags": {"env": "prod"}},
    "b": {"metrics": {"acc": 0.8, "loss": 0.5}, "params": {"model": "rf", "depth": "10"}, "tags": {"env": "dev"}},
    "c": {"metrics": {"acc": 0.8, "val loss": 2}, "params": {"model": "XGB"}, "tags": {"env": "Prod", "a.b": "x y"}},
    "d": {"metrics": {"acc": math.nan, "loss": -1e-2}, "params": {"model": "it's"}, "tags": {"note": "100%_sure"}},
    "e": {"metrics": {}, "params": {}, "tags": {}},
}


@pytest.fixture(scope="module")
def family(client: MlflowClient, experiment: str) -> dict[str, str]:
    """Ids of the runs by letter; the first started first, and all but the last two have ended."""
    ids = {}
    for number, (name, what) in enumerate(RUNS.items()):
        made = client.create_run(experiment, start_time=1000 + number, run_name=name).info.run_id
        client.log_batch(
            made,
            [Metric(key, value, 1, 0) for key, value in what["metrics"].items()],
            [Param(key, value) for key, value in what["params"].items()],
            [RunTag(key, value) for key, value in what["tags"].items()],
        )
        if name in "abc":
            client.set_terminated(made, "FINISHED" if name != "c" else "FAILED", end_time=2000 + number)
        ids[name] = made
    return ids


def letters(client: MlflowClient, experiment: str, filter_string: str = "", order: list[str] | None = None) -> str:
    """Names of the runs found, in order."""
    return "".join(one.info.run_name for one in client.search_runs([experiment], filter_string, order_by=order))


@proves("POST runs/search")
@pytest.mark.parametrize(
    ("filter_string", "expected"),
    [
        ("", "edcba"),
        ("metrics.acc > 0.8", "a"),
        ("metrics.acc >= 0.8", "cba"),
        ("metrics.acc < 0.9", "cb"),
        ("metrics.acc <= 8e-1", "cb"),
        ("metrics.acc = 0.8", "cb"),
        ("metrics.loss != 0.5", "da"),
        ("metric.loss = -0.01", "d"),
        ("metrics.loss > -1", "dba"),
        ("metrics.`val loss` = 2", "c"),
        ('metrics."val loss" >= 2', "c"),
        ("metrics.acc > 0.8 AND metrics.loss < 0.2", "a"),
        ("metrics.acc >= 0.8 and params.model = 'RF'", "a"),
        ("metrics.nothing > 0", ""),
        ("params.model = 'RF'", "a"),
        ('params.model = "RF"', "a"),
        ("param.model != 'RF'", "dcb"),
        ("parameters.model LIKE 'R%'", "a"),
        ("parameter.model ILIKE 'r%'", "ba"),
        ("params.model LIKE '_F'", "a"),
        ("params.model like 'X__'", "c"),
        ("params.depth = '10'", "b"),
        ("params.depth IS NULL", "edc"),
        ("params.depth IS NOT NULL", "ba"),
        ("params.`depth` = '3'", "a"),
        ('params.model = "it\'s"', "d"),
        ("tags.env = 'prod'", "a"),
        ("tag.env != 'prod'", "cb"),
        ("tags.env ILIKE 'PROD'", "ca"),
        ("tags.env LIKE 'prod'", "a"),
        ("tags.env IS NULL", "ed"),
        ("tags.env IS NOT NULL", "cba"),
        ("tags.`a.b` = 'x y'", "c"),
        ('tags."a.b" = "x y"', "c"),
        ("tags.note = '100%_sure'", "d"),
        ("tags.mlflow.runName = 'b'", "b"),
        ("tags.`mlflow.runName` LIKE '%'", "edcba"),
        ("attributes.status = 'FINISHED'", "ba"),
        ("attribute.status != 'FINISHED'", "edc"),
        ("attr.status = 'FAILED'", "c"),
        ("run.status = 'RUNNING'", "ed"),
        ("run_name = 'c'", "c"),
        ("`run name` = 'c'", "c"),
        ("`Run name` = 'c'", "c"),
        ("`Run Name` = 'c'", "c"),
        ("run_name != 'c'", "edba"),
        ("attributes.run_name ILIKE 'C'", "c"),
        ("start_time > 1002", "ed"),
        ("start_time <= 1001", "ba"),
        ("attributes.start_time = 1003", "d"),
        ("start_time != 1003", "ecba"),
        ("created >= 1004", "e"),
        ("end_time < 2001", "a"),
        ("end_time >= 2001", "cb"),
        ("user_id = 'nobody'", ""),
        ("artifact_uri LIKE '%artifacts'", "edcba"),
    ],
)
def test_filter(client: MlflowClient, experiment: str, family: dict, filter_string: str, expected: str) -> None:
    assert letters(client, experiment, filter_string) == expected


@proves("POST runs/search")
def test_run_id_in(client: MlflowClient, experiment: str, family: dict[str, str]) -> None:
    one, two = family["a"], family["d"]
    assert letters(client, experiment, f"run_id IN ('{one}', '{two}')") == "da"
    assert letters(client, experiment, f"attributes.run_id = '{one}'") == "a"
    assert letters(client, experiment, f"run_id NOT IN ('{one}', '{two}')") == "ecb"
    assert letters(client, experiment, f"run_id != '{one}'") == "edcb"


@proves("POST runs/search")
@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (["start_time"], "abcde"),
        (["start_time DESC"], "edcba"),
        (["attributes.start_time ASC"], "abcde"),
        (["created DESC"], "edcba"),
        (["end_time"], "abced"),
        (["end_time DESC"], "cbaed"),
        (["run_name DESC"], "edcba"),
        (["attribute.run_name"], "abcde"),
        (["status"], "cbaed"),
        (["metrics.acc"], "cbade"),
        (["metrics.acc DESC"], "acbde"),
        (["metrics.acc ASC", "start_time ASC"], "bcade"),
        (["metrics.loss DESC"], "badec"),
        (["metrics.`val loss`"], "cedba"),
        (["params.model"], "acdbe"),
        (["params.model DESC"], "bdcae"),
        (["params.depth"], "baedc"),
        (["tags.env"], "cbaed"),
        (["tags.env desc", "metrics.acc"], "abcde"),
        (["tags.`a.b`", "run_name"], "cabde"),
    ],
)
def test_order(client: MlflowClient, experiment: str, family: dict, order: list[str], expected: str) -> None:
    assert letters(client, experiment, order=order) == expected


@proves("POST runs/search")
@pytest.mark.parametrize("size", [1, 2, 3, 5])
@pytest.mark.parametrize("order", [[], ["metrics.acc DESC"], ["params.depth", "tags.env"]])
def test_pages(client: MlflowClient, experiment: str, family: dict, size: int, order: list[str]) -> None:
    whole, seen, token = letters(client, experiment, order=order), "", None
    while True:
        page = client.search_runs([experiment], order_by=order, max_results=size, page_token=token)
        seen += "".join(one.info.run_name for one in page)
        token = page.token
        if not token:
            break
    assert seen == whole


@proves("POST runs/search")
def test_a_page_that_ends_at_the_end_has_no_token(client: MlflowClient, experiment: str, family: dict) -> None:
    assert client.search_runs([experiment], max_results=5).token in (None, "")
    assert client.search_runs([experiment], max_results=4).token


@proves("POST runs/search")
@pytest.mark.parametrize(
    ("view", "expected"), [(ViewType.ACTIVE_ONLY, "k"), (ViewType.DELETED_ONLY, "g"), (ViewType.ALL, "gk")]
)
def test_view(client: MlflowClient, view: int, expected: str) -> None:
    home = client.create_experiment(unique("view"))
    client.create_run(home, start_time=1, run_name="k")
    client.delete_run(client.create_run(home, start_time=2, run_name="g").info.run_id)
    assert "".join(one.info.run_name for one in client.search_runs([home], run_view_type=view)) == expected


@proves("POST runs/search")
def test_several_experiments(client: MlflowClient) -> None:
    homes = [client.create_experiment(unique("several")) for _ in range(3)]
    for number, home in enumerate(homes):
        client.create_run(home, start_time=number + 1, run_name=str(number))
    assert [one.info.run_name for one in client.search_runs(homes)] == ["2", "1", "0"]
    assert [one.info.run_name for one in client.search_runs(homes[:2])] == ["1", "0"]
    first, rest = client.search_runs(homes, max_results=1), []
    rest = client.search_runs(homes, page_token=first.token)
    assert [one.info.run_name for one in [*first, *rest]] == ["2", "1", "0"]


@proves("POST runs/search")
def test_what_is_found_is_whole(client: MlflowClient, experiment: str, family: dict[str, str]) -> None:
    found = client.search_runs([experiment], "run_name = 'a'")[0]
    known = client.get_run(family["a"])
    assert found.to_dictionary() == known.to_dictionary()


@proves("POST runs/search")
def test_as_a_data_frame(experiment: str, family: dict[str, str]) -> None:
    import mlflow

    frame = mlflow.search_runs([experiment], order_by=["start_time"])
    assert list(frame["tags.mlflow.runName"]) == list("abcde")
    assert frame["metrics.acc"].tolist()[:3] == [0.9, 0.8, 0.8]
    assert list(frame["params.model"])[:3] == ["RF", "rf", "XGB"]


@proves("POST runs/search")
def test_of_no_experiment_there_is_nothing(client: MlflowClient) -> None:
    assert list(client.search_runs(["987654321"])) == []


@proves("POST runs/search")
def test_a_key_may_look_like_anything(client: MlflowClient) -> None:
    home = client.create_experiment(unique("keys"))
    keys = ["a-b", "a/b", "a b", "1st", "select", "and", "a.b.c"]
    made = client.create_run(home).info.run_id
    client.log_batch(made, [Metric(key, 1, 1, 0) for key in keys])
    for key in keys:
        assert [one.info.run_id for one in client.search_runs([home], f"metrics.`{key}` = 1")] == [made], key
