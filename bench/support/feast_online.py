"""Feast's online reads out of DynamoDB: prints one line of JSON with what each shape of request costs.

feast_online.py FOLDER ENDPOINT ENTITIES SECONDS SHAPES, where a shape is "entities:feature,feature,…", apart by spaces
"""

import json
import random
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd
from feast import Entity, FeatureStore, FeatureView, Field, FileSource, ValueType
from feast.types import Float64

folder, endpoint, entities, seconds = (
    Path(sys.argv[1]),
    sys.argv[2],
    int(sys.argv[3]),
    float(sys.argv[4]),
)
shapes = [(int(shape.split(":", 1)[0]), shape.split(":", 1)[1].split(",")) for shape in sys.argv[5:]]
folder.mkdir(parents=True, exist_ok=True)
(folder / "feature_store.yaml").write_text(
    f"""project: bench
provider: local
registry: {folder / "registry.db"}
offline_store:
  type: file
online_store:
  type: dynamodb
  region: us-east-1
  endpoint_url: {endpoint}
entity_key_serialization_version: 3
"""
)


def define(store: FeatureStore) -> dict[str, list[str]]:
    """Every view that a shape names, with its features filled for every entity."""
    names: dict[str, list[str]] = {}
    for ref in dict.fromkeys(ref for _, refs in shapes for ref in refs):
        view, feature = ref.split(":")
        names.setdefault(view, []).append(feature)
    customer = Entity(name="customer", join_keys=["customer_id"], value_type=ValueType.STRING)
    source = FileSource(path="none.parquet", timestamp_field="event_timestamp")
    ttl = timedelta(days=30)
    store.apply(
        [
            customer,
            *(
                FeatureView(
                    name=view,
                    entities=[customer],
                    ttl=ttl,
                    schema=[Field(name=one, dtype=Float64) for one in features],
                    source=source,
                )
                for view, features in names.items()
            ),
        ]
    )
    return names


def fill(store: FeatureStore, names: dict[str, list[str]]) -> None:
    """Random values for every entity."""
    for view, features in names.items():
        frame = pd.DataFrame({one: [random.random() for _ in range(entities)] for one in features})
        frame["customer_id"] = [f"C{n}" for n in range(entities)]
        frame["event_timestamp"] = datetime.now(UTC)
        store.write_to_online_store(view, df=frame)


def measured(store: FeatureStore, count: int, refs: list[str]) -> dict[str, float]:
    """Requests for so many seconds: how many, their processor time, and how long each took."""

    def ask() -> None:
        rows = [{"customer_id": f"C{random.randrange(entities)}"} for _ in range(count)]
        reply = store.get_online_features(refs, rows).to_dict()
        assert len(reply) == len(refs) + 1

    for _ in range(20):
        ask()
    times: list[float] = []
    cpu, end = time.process_time(), time.monotonic() + seconds
    while time.monotonic() < end:
        began = time.monotonic()
        ask()
        times.append((time.monotonic() - began) * 1_000)
    used = time.process_time() - cpu
    times.sort()
    return {
        "perCpuSecond": len(times) / used,
        "p50": times[len(times) // 2],
        "p95": times[int(len(times) * 0.95)],
    }


made = FeatureStore(repo_path=str(folder))
fill(made, define(made))
print(json.dumps([measured(made, count, refs) for count, refs in shapes]))
