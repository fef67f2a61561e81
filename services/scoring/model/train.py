"""Trains the model of spoilage and writes it as ONNX, with what is known of it beside it.

From the folder of the service: `../../.venv/bin/python -m model.train VERSION`. The same code and seed make the same model.
"""

import hashlib
import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import brier_score_loss, log_loss, roc_auc_score
from threadpoolctl import threadpool_limits

from features import NAMES, RISING, features
from model.export import to_onnx
from model.simulate import Sample, simulate
from spoilage import CLASSES

SEED = 20261128
COUNT = 10_000
TEST_SEEDS = (1, 2, 3)
TEST_COUNT = 3_000

# What a baseline is told: the class, the days left, and one temperature.
_ALWAYS = [*range(len(CLASSES)), NAMES.index("log_days_left")]
BASELINES = {
    "lastTemperature": [*_ALWAYS, NAMES.index("last_above")],
    "meanTemperature": [*_ALWAYS, NAMES.index("mean_above")],
}


def fit(sample: Sample, columns: list[int] | None = None) -> HistGradientBoostingClassifier:
    """Fit trees to a sample; to some columns of its features only, for a baseline. Hotter is never safer."""
    rows = features(sample.histories)
    columns = columns if columns is not None else list(range(len(NAMES)))
    trees = HistGradientBoostingClassifier(
        max_iter=90,
        learning_rate=0.1,
        max_leaf_nodes=12,
        min_samples_leaf=40,
        l2_regularization=1.0,
        early_stopping=False,
        monotonic_cst=[int(NAMES[column] in RISING) for column in columns],
        random_state=0,
    )
    # One thread: as fast for so few rows, and the same on any number of cores.
    with threadpool_limits(1):
        return trees.fit(rows[:, columns], sample.spoilt)


def measures(spoilt: NDArray[np.int8], risk: NDArray[np.floating]) -> dict[str, float]:
    """Return how good probabilities are: Brier score and log loss (lower is better), area under the ROC curve (higher is)."""
    risk = np.clip(risk.astype(float), 1e-6, 1 - 1e-6)
    figures = (brier_score_loss(spoilt, risk), log_loss(spoilt, risk), roc_auc_score(spoilt, risk))
    return dict(zip(("brier", "logLoss", "auc"), (round(float(each), 4) for each in figures), strict=True))


def compare(train: Sample) -> dict[str, dict[str, float]]:
    """Return the measures of the model and of both baselines on goods that no model has seen, as means over the test seeds."""
    fitted = {"model": (fit(train), slice(None))}
    fitted |= {name: (fit(train, columns), columns) for name, columns in BASELINES.items()}
    found: dict[str, list[dict[str, float]]] = {name: [] for name in fitted}
    for seed in TEST_SEEDS:
        test = simulate(seed, TEST_COUNT)
        rows = features(test.histories)
        for name, (trees, columns) in fitted.items():
            found[name].append(measures(test.spoilt, trees.predict_proba(rows[:, columns])[:, 1]))
    return {
        name: {key: round(float(np.mean([each[key] for each in figures])), 4) for key in figures[0]}
        for name, figures in found.items()
    }


def main(version: str) -> None:
    """Train, export, and write what is known of the model."""
    train = simulate(SEED, COUNT)
    name = f"spoilage-{version}"
    data = to_onnx(fit(train), NAMES, name)
    folder = Path(__file__).parents[1] / "models"
    (folder / f"{name}.onnx").write_bytes(data)
    about = {
        "sha256": hashlib.sha256(data).hexdigest(),
        "createTime": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "features": list(NAMES),
        "trainedOn": {"seed": SEED, "goods": COUNT, "spoilt": round(float(train.spoilt.mean()), 4)},
        "testedOn": {"seeds": list(TEST_SEEDS), "goods": TEST_COUNT, **compare(train)},
    }
    (folder / f"{name}.json").write_text(json.dumps(about, indent=2) + "\n")
    print(json.dumps(about["testedOn"], indent=2))


if __name__ == "__main__":
    main(sys.argv[1])
