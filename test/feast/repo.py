"""A Feast repository as people write one: its online store is the platform."""

from datetime import timedelta
from pathlib import Path

from feast import Entity, FeatureService, FeatureStore, FeatureView, Field, FileSource, PushSource, ValueType
from feast.types import Bool, Float32, Float64, Int64, PrimitiveFeastType, String, UnixTimestamp

CONFIG = """
project: {project}
provider: local
registry: {folder}/registry.db
entity_key_serialization_version: 3
online_store:
  type: remote
  path: {url}
auth:
  type: oidc
  token_env_var: {token}
"""

ACCOUNT = Entity(name="account", join_keys=["account_id"], value_type=ValueType.STRING)
SHOP = Entity(name="shop", join_keys=["shop_id"], value_type=ValueType.INT64)


def field(name: str, dtype: PrimitiveFeastType) -> Field:
    """A column of a view."""
    return Field(name=name, dtype=dtype)


def objects(suffix: str) -> dict[str, object]:
    """Definitions under names that no other run of the checks has."""
    source = FileSource(name=f"rows-{suffix}", path="none.parquet", timestamp_field="event_timestamp")
    push = PushSource(name=f"fc-profile-{suffix}", batch_source=source)
    profile = FeatureView(
        name=f"fc-profile-{suffix}",
        entities=[ACCOUNT],
        ttl=timedelta(days=30),
        schema=[
            field("age", Int64),
            field("balance", Float64),
            field("score", Float32),
            field("city", String),
            field("is_premium", Bool),
            field("joined_at", UnixTimestamp),
        ],
        source=push,
    )
    spend = FeatureView(
        name=f"fc-spend-{suffix}",
        entities=[ACCOUNT, SHOP],
        ttl=timedelta(days=30),
        schema=[field("amount", Float64)],
        source=FileSource(name=f"spend-{suffix}", path="none.parquet", timestamp_field="event_timestamp"),
    )
    return {"account": ACCOUNT, "shop": SHOP, "profile": profile, "spend": spend}


def service(name: str, view: FeatureView) -> FeatureService:
    """A service that the platform knows by this name; what is in it, the platform says."""
    return FeatureService(name=name, features=[view])


def make_store(folder: Path, url: str, token: str) -> FeatureStore:
    """A store whose registry is a file and whose online store is the address."""
    text = CONFIG.format(project="checks", folder=folder, url=url, token=token)
    (folder / "feature_store.yaml").write_text(text)
    return FeatureStore(repo_path=str(folder))
