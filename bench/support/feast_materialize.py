"""Feast's materialize of one Parquet file into DynamoDB: prints one line of JSON with its seconds.

feast_materialize.py FOLDER PARQUET ENDPOINT FEATURES
"""

import json
import resource
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from feast import Entity, FeatureStore, FeatureView, Field, FileSource, ValueType
from feast.types import Float64

folder, parquet, endpoint, features = Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])
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
customer = Entity(name="customer", join_keys=["customer_id"], value_type=ValueType.STRING)
view = FeatureView(
    name="buying",
    entities=[customer],
    ttl=timedelta(days=0),
    schema=[Field(name=f"f{i}", dtype=Float64) for i in range(features)],
    source=FileSource(path=parquet, timestamp_field="event_timestamp", created_timestamp_column="created_timestamp"),
)
store = FeatureStore(repo_path=str(folder))
store.apply([customer, view])
cpu = time.process_time()
began = time.monotonic()
store.materialize(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 3, 1, tzinfo=UTC))
seconds = time.monotonic() - began
children = resource.getrusage(resource.RUSAGE_CHILDREN)
used = time.process_time() - cpu + children.ru_utime + children.ru_stime
print(json.dumps({"seconds": seconds, "cpu": used}))
