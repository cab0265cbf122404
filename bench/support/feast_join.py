"""Feast's offline join: feast_join.py STORE FOLDER ENTITIES OUT joins three views, prints rows and seconds as JSON."""

import json
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
from feast import Entity, FeatureStore, FeatureView, Field, FileSource
from feast.types import Float64

store_type, folder, entities, out = sys.argv[1:5]
views = {"profile": 4, "activity": 3, "billing": 3}


def view_of(name: str, count: int, user: Entity) -> FeatureView:
    source = FileSource(
        name=name,
        path=f"{folder}/{name}.parquet",
        timestamp_field="event_timestamp",
        created_timestamp_column="created",
    )
    fields = [Field(name=f"{name}_{i}", dtype=Float64) for i in range(count)]
    return FeatureView(name=name, entities=[user], ttl=timedelta(days=90), schema=fields, source=source)


with tempfile.TemporaryDirectory() as repo:
    Path(repo, "feature_store.yaml").write_text(
        f"project: bench\nprovider: local\nregistry: {repo}/registry.db\nentity_key_serialization_version: 3\n"
        f"online_store: {{type: sqlite, path: {repo}/online.db}}\noffline_store: {{type: {store_type}}}\n"
    )
    store = FeatureStore(repo_path=repo)
    user = Entity(name="user", join_keys=["user_id"])
    store.apply([user, *(view_of(name, count, user) for name, count in views.items())])
    started = time.monotonic()
    frame = pd.read_parquet(entities)
    features = [f"{name}:{name}_{i}" for name, count in views.items() for i in range(count)]
    table = store.get_historical_features(entity_df=frame, features=features).to_arrow()
    pq.write_table(table, out)
    print(json.dumps({"rows": table.num_rows, "seconds": time.monotonic() - started}))
