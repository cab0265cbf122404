import numpy as np
import pandas as pd
import pytest

from tests.conftest import customers, data_of, house_job, houses, job_of, ticket_job, tickets
from training.data.checks import checked
from training.errors import TrainingError


def found(folder, frame, job=job_of, **changes):
    return checked(*data_of(folder, job(folder, **changes), frame))


def codes(warnings, column=None):
    return [one["code"] for one in warnings if column in (None, one.get("column"))]


def message(warnings, code):
    return next(one["message"] for one in warnings if one["code"] == code)


def refusal(folder, frame, job=job_of, **changes) -> TrainingError:
    with pytest.raises(TrainingError) as caught:
        found(folder, frame, job, **changes)
    return caught.value


def with_input(name, kind="number", job=job_of):
    """A job with one input more."""

    def made(folder, **changes):
        plain = job(folder)
        return job(folder, **{"inputs": [*plain["inputs"], {"name": name, "type": kind}], **changes})

    return made


def test_constant_and_empty_columns_are_left_out_and_named(tmp_path):
    used, warnings = found(tmp_path, customers())
    assert [column.name for column in used] == ["tenure", "charges", "plan", "region"]
    assert codes(warnings, "constant") == ["CONSTANT_COLUMN"]
    assert codes(warnings, "empty_number") == codes(warnings, "empty_string") == ["EMPTY_COLUMN"]
    assert "5.0 in every row" in message(warnings, "CONSTANT_COLUMN")


def test_a_value_or_none_of_it_tells_rows_apart(tmp_path):
    frame = customers()
    frame.loc[::2, "constant"] = np.nan
    used, warnings = found(tmp_path, frame)
    assert "constant" in [column.name for column in used]
    assert codes(warnings, "constant") == []


def test_texts_like_ids_are_left_out(tmp_path):
    used, warnings = found(
        tmp_path, customers().assign(email=lambda f: f["customer_id"] + "@x.org"), with_input("email", "string")
    )
    assert "email" not in [column.name for column in used]
    assert codes(warnings, "email") == ["ID_LIKE_COLUMN"]
    assert "360 different texts in 360 rows" in message(warnings, "ID_LIKE_COLUMN")


def test_running_numbers_are_kept_and_warned_of(tmp_path):
    frame = customers().assign(number=lambda f: np.random.default_rng(1).permutation(len(f)) + 5_000)
    used, warnings = found(tmp_path, frame, with_input("number"))
    assert "number" in [column.name for column in used]
    assert codes(warnings, "number") == ["ID_LIKE_NUMBER"]


def test_many_categories_and_dates_as_text_are_warned_of(tmp_path):
    random = np.random.default_rng(1)
    frame = customers(900)
    frame["city"] = random.integers(0, 200, 900).astype(str)
    frame["since"] = pd.Series(random.integers(10, 28, 900)).map(lambda day: f"2026-01-{day}")
    _, warnings = found(tmp_path, frame, with_input("city", "string"))
    assert codes(warnings, "city") == ["MANY_CATEGORIES"]
    assert "100 most frequent" in message(warnings, "MANY_CATEGORIES")
    _, warnings = found(tmp_path, frame, with_input("since", "string"))
    assert codes(warnings, "since") == ["DATE_AS_TEXT"]


@pytest.mark.parametrize("text", ["31.12.2026", "12/31/2026", "2026-12-31T10:00:00Z", "2026-1-3 10:00"])
def test_dates_are_known_however_they_are_written(tmp_path, text):
    frame = customers().assign(since=lambda f: np.where(f["tenure"] > 20, text, None))
    assert codes(found(tmp_path, frame, with_input("since", "string"))[1], "since") == ["DATE_AS_TEXT"]


def test_rows_in_train_and_test_are_counted(tmp_path):
    frame = customers()
    test, train = frame.index[frame["split"] == "test"][:7], frame.index[frame["split"] == "train"][:7]
    inputs = ["tenure", "charges", "plan", "region"]
    frame["charges"] = frame["charges"].fillna(1) + np.linspace(0, 1e-3, len(frame))
    frame.loc[test, inputs] = frame.loc[train, inputs].to_numpy()
    _, warnings = found(tmp_path, frame)
    assert message(warnings, "DUPLICATE_ROWS").startswith("7 rows of the test split (5.8%)")


def test_a_rare_class_is_named_with_its_rows(tmp_path):
    frame = tickets()
    frame.loc[frame.index[::60], "priority"] = "urgent"
    _, warnings = found(tmp_path, frame, ticket_job)
    assert message(warnings, "RARE_CLASS").startswith(
        f"urgent ({(frame[frame.split == 'train'].priority == 'urgent').sum()})"
    )


def test_nothing_to_learn_from_is_refused(tmp_path):
    error = refusal(tmp_path, customers(), inputs=[{"name": "constant", "type": "number"}])
    assert error.code == "INVALID_REQUEST"
    assert "constant" in error.message


@pytest.mark.parametrize(("job", "metric"), [(job_of, "rmse"), (house_job, "roc_auc"), (ticket_job, "f1")])
def test_a_metric_of_another_problem_is_refused_with_those_there_are(tmp_path, job, metric):
    frame = {job_of: customers, house_job: houses, ticket_job: tickets}[job]()
    error = refusal(tmp_path, frame, job, metric=metric)
    assert error.code == "INVALID_REQUEST"
    assert f"'{metric}'" in error.message
    assert "allowed are" in error.message


def test_fairness_over_too_many_groups_is_refused(tmp_path):
    error = refusal(tmp_path, customers(), fairness={"columns": ["charges"], "minimumGroupRows": 10})
    assert error.code == "INVALID_REQUEST"
    assert "fairness column charges" in error.message


def _churned(frame):
    return (frame["churn"] == "yes").to_numpy()


LEAKS = {
    "number": lambda f: np.where(_churned(f), 5.0, 0.0) + f["tenure"] / 100,
    "only there for one class": lambda f: np.where(_churned(f), f["charges"].fillna(1), np.nan),
    "in the middle": lambda f: np.where(_churned(f), 5.0, np.resize([1.0, 9.0], len(f))),
    "text": lambda f: np.where(_churned(f), np.resize(["left", "moved"], len(f)), None),
}


@pytest.mark.parametrize("leak", LEAKS)
def test_a_feature_that_alone_tells_the_class_is_refused_unless_trusted(tmp_path, leak):
    frame = customers()
    frame["reason"] = LEAKS[leak](frame)
    job = with_input("reason", "string" if leak == "text" else "number")
    error = refusal(tmp_path, frame, job)
    assert error.code == "LEAKAGE_SUSPECTED"
    assert "reason (ROC AUC 1.0000)" in error.message
    assert "trustedFeatures" in error.message
    used, _ = found(tmp_path, frame, job, trustedFeatures=["reason"])
    assert "reason" in [column.name for column in used]


def test_a_strong_feature_is_no_leak(tmp_path):
    frame = customers()
    frame["reason"] = np.where(_churned(frame), 1.0, 0.0)
    frame.loc[::25, "reason"] = 1 - frame["reason"]
    used, _ = found(tmp_path, frame, with_input("reason"))
    assert "reason" in [column.name for column in used]


def test_a_code_of_three_classes_is_a_leak(tmp_path):
    frame = tickets()
    frame["code"] = frame["priority"].map({"low": 3, "medium": 1, "high": 2})
    assert refusal(tmp_path, frame, with_input("code", job=ticket_job)).code == "LEAKAGE_SUSPECTED"


@pytest.mark.parametrize("leak", [lambda p: p * 1.19 + 50, lambda p: -np.log(p)])
def test_a_number_computed_from_the_label_is_a_leak(tmp_path, leak):
    frame = houses().assign(gross=lambda f: leak(f["price"]))
    error = refusal(tmp_path, frame, with_input("gross", job=house_job))
    assert error.code == "LEAKAGE_SUSPECTED"
    assert "gross (R² 1.0000)" in error.message


def test_a_text_that_tells_the_number_is_a_leak(tmp_path):
    frame = houses()
    frame["price"] = frame["price"].round(-5)
    frame["band"] = frame["price"].astype(str)
    assert refusal(tmp_path, frame, with_input("band", "string", house_job)).code == "LEAKAGE_SUSPECTED"


def test_plain_data_of_every_problem_passes(tmp_path):
    for job, frame in ((job_of, customers()), (ticket_job, tickets()), (house_job, houses())):
        used, _ = found(tmp_path, frame, job)
        assert len(used) >= 3


def test_of_few_rows_none_is_suspected_as_chance_separates_them(tmp_path):
    frame = customers()
    frame["reason"] = np.where(_churned(frame), 1.0, 0.0)
    frame = frame[(frame["split"] != "train") | (frame.groupby(["split", "churn"]).cumcount() < 20)]
    search = {"trials": 1, "timeoutSeconds": 5, "folds": 2}
    used, warnings = found(tmp_path, frame, with_input("reason"), search=search)
    assert "reason" in [column.name for column in used]
    assert "RARE_CLASS" in codes(warnings)


def test_classes_too_rare_for_every_fold_are_no_obstacle(tmp_path):
    frame = tickets()
    frame.loc[frame.index[frame["split"] == "train"][:2], "priority"] = "urgent"
    frame["code"] = frame["priority"].map({"low": 3, "medium": 1, "high": 2, "urgent": 7})
    search = {"trials": 1, "timeoutSeconds": 5, "folds": 2}
    with pytest.warns(UserWarning, match="least populated class"):
        error = refusal(tmp_path, frame, with_input("code", job=ticket_job), search=search)
    assert error.code == "LEAKAGE_SUSPECTED"


@pytest.mark.filterwarnings("error")
def test_a_value_or_none_and_the_greatest_numbers_are_measured_without_overflow(tmp_path):
    frame = houses()
    frame["built"] = np.where(frame["built"] > 1950, 1.0, np.nan)
    frame["area"] = np.where(frame["area"] > 100, 3.3e38, -3.3e38)
    used, _ = found(tmp_path, frame, house_job)
    assert [column.name for column in used] == ["area", "built", "district"]
