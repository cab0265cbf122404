import json

import numpy as np
import pytest
from fairlearn import metrics as fl
from sklearn.metrics import roc_auc_score

from tests.conftest import customers, data_of, house_job, houses, job_of, ticket_job, tickets
from training.judge.fairness import fairness_report

COLUMNS = ["region", "tribe"]


def setting(folder, frame=None, least=20, columns=COLUMNS):
    frame = customers(2_000) if frame is None else frame
    if "tribe" not in frame:
        frame["tribe"] = np.where(frame["tenure"] > 40, "old", "new")
    fairness = {"columns": columns, "minimumGroupRows": least}
    job, data = data_of(folder, job_of(folder, fairness=fairness), frame)
    positive = np.clip(0.7 - data.test.frame["tenure"].to_numpy() / 100 + 0.1 * data.test.y, 0.01, 0.99).astype(float)
    return job, data, np.column_stack([1 - positive, positive])


def column(report, name):
    return next(one for one in report["columns"] if one["column"] == name)


def test_figures_are_fairlearns(tmp_path):
    job, data, scores = setting(tmp_path)
    report, answers = fairness_report(job, data, scores, 0.4), scores[:, 1] >= 0.4
    for name in COLUMNS:
        groups, found = data.test.sensitive[name].to_numpy(), column(report, name)
        about = {"y_true": data.test.y, "y_pred": answers, "sensitive_features": groups}
        assert found["demographicParityRatio"]["value"] == pytest.approx(fl.demographic_parity_ratio(**about))
        assert found["equalizedOddsDifference"]["value"] == pytest.approx(fl.equalized_odds_difference(**about))
        for group in found["groups"]:
            rows = groups == group["value"]
            y, chosen = data.test.y[rows], answers[rows]
            assert group["rows"] == rows.sum()
            assert group["selectionRate"]["value"] == pytest.approx(fl.selection_rate(y, chosen))
            assert group["truePositiveRate"]["value"] == pytest.approx(fl.true_positive_rate(y, chosen))
            assert group["falsePositiveRate"]["value"] == pytest.approx(fl.false_positive_rate(y, chosen))
            assert group["rocAuc"]["value"] == pytest.approx(roc_auc_score(y, scores[rows, 1]))


def test_missing_is_a_group_of_its_own_and_groups_come_by_name(tmp_path):
    report = fairness_report(*setting(tmp_path), 0.4)
    assert [group["value"] for group in column(report, "region")["groups"]] == ["", "north", "south", "west"]


def test_intervals_are_those_of_fairlearns_bootstrap(tmp_path):
    job, data, scores = setting(tmp_path)
    found = column(fairness_report(job, data, scores, 0.4), "tribe")
    judge = fl.MetricFrame(
        metrics={"selectionRate": fl.selection_rate, "truePositiveRate": fl.true_positive_rate},
        y_true=data.test.y,
        y_pred=scores[:, 1] >= 0.4,
        sensitive_features=data.test.sensitive["tribe"],
        n_boot=120,
        ci_quantiles=[0.025, 0.975],
        random_state=1,
    )
    for place, end in enumerate(("low", "high")):
        for group in found["groups"]:
            for name in ("selectionRate", "truePositiveRate"):
                assert group[name][end] == pytest.approx(judge.by_group_ci[place].loc[group["value"], name], abs=0.04)
        ratio = judge.ratio_ci()[place]["selectionRate"]
        assert found["demographicParityRatio"][end] == pytest.approx(ratio, abs=0.04)


def test_the_same_seed_gives_the_same_report(tmp_path):
    job, data, scores = setting(tmp_path)
    report = fairness_report(job, data, scores, 0.4)
    assert report == fairness_report(job, data, scores, 0.4)
    assert report != fairness_report(job.model_copy(update={"seed": 43}), data, scores, 0.4)
    assert json.loads(json.dumps(report, allow_nan=False)) == report


def test_a_small_group_is_shown_and_not_judged(tmp_path):
    frame = customers(2_000)
    frame["tribe"] = np.where(frame["tenure"] > 40, "old", "new")
    few = frame.index[(frame["split"] == "test") & (frame["tenure"] > 60)][:8]
    frame.loc[few, "tribe"] = "few"
    found = column(fairness_report(*setting(tmp_path, frame), 0.4), "tribe")
    assert {group["value"]: group["judged"] for group in found["groups"]} == {"few": False, "new": True, "old": True}
    rates = {group["value"]: group["selectionRate"]["value"] for group in found["groups"]}
    # The few are never selected: judged, they would make the ratio 0.
    assert rates["few"] == 0.0
    assert found["demographicParityRatio"]["value"] == pytest.approx(rates["old"] / rates["new"])


def test_one_judged_group_has_nothing_to_be_compared_with(tmp_path):
    found = column(fairness_report(*setting(tmp_path, least=300), 0.4), "region")
    assert (
        found["demographicParityRatio"]
        == found["equalizedOddsDifference"]
        == {"value": None, "low": None, "high": None}
    )


def test_a_group_without_positives_has_no_true_positive_rate_and_does_not_count_as_worst(tmp_path):
    frame = customers(2_000)
    frame["tribe"] = np.where(frame["churn"] == "yes", "a", np.resize(["a", "b", "c"], len(frame)))
    found = column(fairness_report(*setting(tmp_path, frame), 0.4), "tribe")
    by_name = {group["value"]: group for group in found["groups"]}
    assert by_name["b"]["truePositiveRate"] == by_name["b"]["rocAuc"] == {"value": None, "low": None, "high": None}
    rates = [group["falsePositiveRate"]["value"] for group in found["groups"]]
    assert found["equalizedOddsDifference"]["value"] == pytest.approx(max(rates) - min(rates))


def test_honest_probabilities_are_calibrated_and_shifted_ones_are_not(tmp_path):
    job, data, _ = setting(tmp_path, customers(6_000))
    random = np.random.default_rng(1)
    chance = random.uniform(0.1, 0.8, len(data.test.y))
    data.test.y[:] = random.uniform(size=len(chance)) < chance
    errors = []
    for shift in (0.0, 0.15):
        scores = np.column_stack([1 - chance - shift, chance + shift])
        found = column(fairness_report(job, data, scores, 0.4), "tribe")
        errors.append(max(group["calibrationError"]["value"] for group in found["groups"]))
    assert errors[0] < 0.08
    assert errors[1] > 0.12


@pytest.mark.parametrize(("job", "frame"), [(ticket_job, tickets), (house_job, houses)])
def test_other_problems_have_no_report(tmp_path, job, frame):
    name = "team" if job is ticket_job else "district"
    parsed, data = data_of(tmp_path, job(tmp_path, fairness={"columns": [name], "minimumGroupRows": 10}), frame())
    assert fairness_report(parsed, data, np.ones((len(data.test.y), 3)) / 3, None) is None


def test_without_columns_there_is_no_report(tmp_path):
    job, data = data_of(tmp_path, job_of(tmp_path), customers())
    assert fairness_report(job, data, np.full((len(data.test.y), 2), 0.5), 0.5) is None
