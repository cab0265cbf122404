import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from training.explain.encoded import columns_of


def test_every_position_of_the_encoded_row_has_its_column_and_what_was_left_out_has_none() -> None:
    frame = pd.DataFrame({"same": [5.0] * 4, "plan": ["a", "b", "c", "a"], "age": np.arange(4.0)})
    numbers, words = make_pipeline(StandardScaler()), make_pipeline(OneHotEncoder())
    prepare = ColumnTransformer([("number", numbers, ["age"]), ("string", words, ["plan"])])
    encoded = np.asarray(prepare.fit_transform(frame))
    assert columns_of(prepare) == ("age", "plan", "plan", "plan")
    assert encoded.shape[1] == 4
