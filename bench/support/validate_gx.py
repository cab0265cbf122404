"""Great Expectations on pandas: validate_gx.py DATA SUITE prints one verdict an expectation."""

import json
import sys
import warnings

warnings.filterwarnings("ignore")
import great_expectations as gx  # noqa: E402
import pandas as pd  # noqa: E402
from great_expectations.core.expectation_suite import ExpectationSuite  # noqa: E402

data, suite = sys.argv[1:3]
frame = pd.read_parquet(data)
context = gx.get_context(mode="ephemeral")
context.variables.progress_bars = {"globally": False}
definition = context.data_sources.add_pandas("p").add_dataframe_asset("d").add_batch_definition_whole_dataframe("w")
batch = definition.get_batch(batch_parameters={"dataframe": frame})
with open(suite) as file:
    expectations = json.load(file)["expectations"]
for at, one in enumerate(expectations):
    one["meta"] = {"at": at}
answer = batch.validate(ExpectationSuite(name="s", expectations=expectations), result_format="SUMMARY")
verdicts = {one.expectation_config.meta["at"]: bool(one.success) for one in answer.results}
print(json.dumps([verdicts[at] for at in range(len(expectations))]))
