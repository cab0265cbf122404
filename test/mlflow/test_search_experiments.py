"""search_experiments: filter, order, pages, views."""

import pytest
from mlflow import MlflowClient
from mlflow.entities import ViewType
from mlflow.exceptions import MlflowException

from proof import ask, error_of, proves, unique


@pytest.fixture(scope="module")
def family(client: MlflowClient) -> list[str]:
    """Names of five experiments, in the order in which they were made; each has a rank and only the first a colour."""
    prefix = unique("family")
    names = [f"{prefix}-{letter}" for letter in "edcba"]
    for rank, name in enumerate(names):
        client.create_experiment(name, tags={"rank": str(rank)} | ({"colour": "Blue"} if rank == 0 else {}))
    return names


def found(client: MlflowClient, family: list[str], **search: object) -> list[str]:
    """Names of the family that a search finds."""
    prefix = family[0][:-1]
    filter_string = f"name LIKE '{prefix}%'" + (f" AND {search.pop('also')}" if "also" in search else "")
    return [one.name for one in client.search_experiments(filter_string=filter_string, **search)]


@proves("POST experiments/search")
def test_the_newest_comes_first(client: MlflowClient, family: list[str]) -> None:
    assert found(client, family) == family[::-1]


@proves("POST experiments/search")
@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (["name"], "abcde"),
        (["name DESC"], "edcba"),
        (["creation_time ASC"], "edcba"),
        (["experiment_id"], "edcba"),
        (["last_update_time DESC", "name"], "abcde"),
    ],
)
def test_order(client: MlflowClient, family: list[str], order: list[str], expected: str) -> None:
    assert "".join(name[-1] for name in found(client, family, order_by=order)) == expected


@proves("POST experiments/search")
@pytest.mark.parametrize(
    ("also", "expected"),
    [
        ("tags.rank = '2'", "c"),
        ("tags.rank != '2'", "abde"),
        ("tag.rank IN ('2', '3')", None),
        ("tags.colour = 'Blue'", "e"),
        ("tags.colour LIKE 'B%'", "e"),
        ("tags.colour LIKE 'b%'", ""),
        ("tags.colour ILIKE 'b%'", "e"),
        ("tags.colour IS NULL", "abcd"),
        ("tags.colour IS NOT NULL", "e"),
        ("tags.`rank` = '0'", "e"),
        ("attribute.name ILIKE '%-A'", "a"),
        ("name != 'nobody'", "abcde"),
        ("creation_time > 0", "abcde"),
        ("creation_time < 1000", ""),
        ("last_update_time >= 1600000000000", "abcde"),
    ],
)
def test_filter(client: MlflowClient, family: list[str], also: str, expected: str | None) -> None:
    if expected is None:
        with pytest.raises(MlflowException):
            found(client, family, also=also)
        return
    assert "".join(sorted(name[-1] for name in found(client, family, also=also))) == expected


@proves("POST experiments/search")
def test_pages_neither_repeat_nor_lose(client: MlflowClient, family: list[str]) -> None:
    names: list[str] = []
    token = None
    while True:
        page = client.search_experiments(
            filter_string=f"name LIKE '{family[0][:-1]}%'", order_by=["name"], max_results=2, page_token=token
        )
        names += [one.name for one in page]
        token = page.token
        if not token:
            break
    assert names == sorted(family)


@proves("POST experiments/search")
@pytest.mark.parametrize("size", [1, 5])
def test_a_page_that_ends_at_the_end_has_no_token(client: MlflowClient, family: list[str], size: int) -> None:
    page = client.search_experiments(filter_string=f"name LIKE '{family[0][:-1]}%'", max_results=size)
    assert (len(page), bool(page.token)) == (size, size < 5)


@proves("POST experiments/search")
@pytest.mark.parametrize(
    ("view", "expected"), [(ViewType.ACTIVE_ONLY, "kept"), (ViewType.DELETED_ONLY, "gone"), (ViewType.ALL, "both")]
)
def test_view(client: MlflowClient, view: int, expected: str) -> None:
    prefix = unique("view")
    kept, gone = [client.create_experiment(f"{prefix}-{end}") for end in ("kept", "gone")]
    client.delete_experiment(gone)
    seen = {one.experiment_id for one in client.search_experiments(view, filter_string=f"name LIKE '{prefix}%'")}
    assert seen == {"kept": {kept}, "gone": {gone}, "both": {kept, gone}}[expected]


@proves("GET experiments/search")
def test_search_by_get(family: list[str]) -> None:
    quoted = f"name%20LIKE%20%27{family[0][:-1]}%25%27"
    answer = ask("GET", f"experiments/search?max_results=3&order_by=name&order_by=creation_time&filter={quoted}")
    assert [one["name"] for one in answer.body["experiments"]] == sorted(family)[:3]
    assert answer.body["next_page_token"]


@proves("POST experiments/search")
@pytest.mark.parametrize(
    "body",
    [
        {"max_results": 0},
        {"max_results": -1},
        {"max_results": 50001},
        {"max_results": "many"},
        {"max_results": 5, "page_token": "?!"},
        {"max_results": 5, "filter": "name = x"},
        {"max_results": 5, "filter": "shoe = 'x'"},
        {"max_results": 5, "filter": "name = 'a' OR name = 'b'"},
        {"max_results": 5, "filter": "name > 'a'"},
        {"max_results": 5, "order_by": ["shoe"]},
        {"max_results": 5, "order_by": ["name UPWARDS"]},
    ],
)
def test_a_bad_search_is_refused(body: dict) -> None:
    assert error_of(ask("POST", "experiments/search", body)) == (400, "INVALID_PARAMETER_VALUE")


@proves("POST experiments/search")
@pytest.mark.parametrize(("filter_string", "token"), [("shoe = 'x'", "shoe"), ("name ~ 'x'", "~"), ("name = x", "x")])
def test_a_bad_filter_is_shown(filter_string: str, token: str) -> None:
    answer = ask("POST", "experiments/search", {"max_results": 5, "filter": filter_string})
    assert token in answer.body["message"]
