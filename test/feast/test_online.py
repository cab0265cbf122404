"""Writing to the platform and reading from it as Feast's users do."""

import os
from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest
from feast import FeatureStore
from feast.errors import FeatureServiceNotFoundException, FeatureViewNotFoundException
from repo import service

NOW = datetime.now(UTC).replace(microsecond=0)
JOINED = datetime(2026, 1, 1, 12, tzinfo=UTC)
Views = dict[str, object]


def profiles(*accounts: str, age: int = 31, at: datetime = NOW) -> pd.DataFrame:
    """Rows of the profile view."""
    rows = [
        {
            "account_id": account,
            "age": age,
            "balance": 3.0,
            "score": 0.1,
            "city": "Zürich",
            "is_premium": True,
            "joined_at": JOINED,
            "event_timestamp": at,
        }
        for account in accounts
    ]
    return pd.DataFrame(rows)


def read(store: FeatureStore, view: object, names: list[str], accounts: list[str]) -> dict[str, list]:
    """Values by feature."""
    refs = [f"{view.name}:{name}" for name in names]
    return store.get_online_features(refs, [{"account_id": account} for account in accounts]).to_dict()


def test_every_type_comes_back(store: FeatureStore, views: Views) -> None:
    """What write_to_online_store wrote is read with its types."""
    store.write_to_online_store(views["profile"].name, df=profiles("types"))
    names = ["age", "balance", "score", "city", "is_premium", "joined_at"]
    found = read(store, views["profile"], names, ["types", "nobody"])
    assert found["account_id"] == ["types", "nobody"]
    assert found["age"] == [31, None]
    assert found["balance"] == [3.0, None]
    assert isinstance(found["balance"][0], float)
    assert found["score"][0] == pytest.approx(0.1, rel=1e-6)
    assert found["city"] == ["Zürich", None]
    assert found["is_premium"] == [True, None]
    assert found["joined_at"][0] == int(JOINED.timestamp())


def test_statuses_tell_what_is_missing(store: FeatureStore, views: Views) -> None:
    """An entity that nobody wrote, and a value too old to hold."""
    old = NOW - timedelta(days=31)
    store.write_to_online_store(views["profile"].name, df=profiles("stale", at=old))
    store.write_to_online_store(views["profile"].name, df=profiles("fresh"))
    rows = [{"account_id": account} for account in ("fresh", "stale", "never")]
    frame = store.get_online_features([f"{views['profile'].name}:age"], rows).to_df()
    assert frame["age"].isna().tolist() == [False, True, True]


def test_push_is_read_at_once_and_never_by_older_rows(store: FeatureStore, views: Views) -> None:
    """The newest event wins, whichever comes last."""
    name = views["profile"].name
    store.push(name, profiles("pushed", age=40))
    assert read(store, views["profile"], ["age"], ["pushed"])["age"] == [40]
    store.push(name, profiles("pushed", age=39, at=NOW - timedelta(hours=1)))
    assert read(store, views["profile"], ["age"], ["pushed"])["age"] == [40]
    store.push(name, profiles("pushed", age=41, at=NOW + timedelta(seconds=1)))
    assert read(store, views["profile"], ["age"], ["pushed"])["age"] == [41]


def test_composite_keys(store: FeatureStore, views: Views) -> None:
    """A view of two entities, whose keys of 64 bits stay apart."""
    shops = [2**53 + 1, 2**53]
    frame = pd.DataFrame(
        {"account_id": ["A", "A"], "shop_id": shops, "amount": [1.5, 2.5], "event_timestamp": [NOW, NOW]}
    )
    store.write_to_online_store(views["spend"].name, df=frame)
    rows = [{"account_id": "A", "shop_id": shop} for shop in (*shops, 7)]
    found = store.get_online_features([f"{views['spend'].name}:amount"], rows).to_dict()
    assert found["amount"] == [1.5, 2.5, None]
    assert found["shop_id"] == [*shops, 7]


def test_full_names_and_many_rows(store: FeatureStore, views: Views) -> None:
    """Names with their view, and an answer in the order of the question."""
    name = views["profile"].name
    accounts = [f"many-{n}" for n in range(250)]
    store.write_to_online_store(name, df=pd.concat([profiles(one, age=n) for n, one in enumerate(accounts)]))
    rows = [{"account_id": one} for one in reversed(accounts)]
    found = store.get_online_features([f"{name}:age"], rows, full_feature_names=True).to_dict()
    assert found[f"{name}__age"] == list(reversed(range(250)))


def test_rows_by_column(store: FeatureStore, views: Views) -> None:
    """Entities as a mapping of columns."""
    store.write_to_online_store(views["profile"].name, df=profiles("column", age=5))
    reply = store.get_online_features([f"{views['profile'].name}:age"], {"account_id": ["column"]})
    assert reply.to_dict()["age"] == [5]


def test_feature_service(store: FeatureStore, views: Views) -> None:
    """A service is what the platform says it is."""
    name, joinkey = os.environ.get("FEAST_CHECKS_SERVICE", ":").split(":")
    if not name:
        pytest.skip("FEAST_CHECKS_SERVICE names no service of the platform")
    reply = store.get_online_features(service(name, views["profile"]), [{joinkey: "nobody-there"}])
    found = reply.to_dict()
    assert found.pop(joinkey) == ["nobody-there"]
    assert found
    assert all(values == [None] for values in found.values())


def test_errors_are_feast_s_own(store: FeatureStore, views: Views) -> None:
    """Unknown names raise what Feast's own server makes the client raise."""
    with pytest.raises(FeatureViewNotFoundException, match="no-such-view"):
        store.get_online_features(["no-such-view:age"], [{"account_id": "A"}])
    with pytest.raises(FeatureServiceNotFoundException, match="no-such-service"):
        store.get_online_features(service("no-such-service", views["profile"]), [{"account_id": "A"}])


def test_a_key_is_asked_for(store: FeatureStore, views: Views, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody reads without one."""
    monkeypatch.setenv("FEAST_CHECKS_KEY", "mlp_wrong")
    with pytest.raises(RuntimeError, match=r"401|403"):
        read(store, views["profile"], ["age"], ["types"])
