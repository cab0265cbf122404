import numpy as np
from sklearn.metrics import precision_recall_curve


def best_f1_threshold(labels: np.ndarray, probabilities: np.ndarray) -> float:
    """Probability from which the positive class is answered so that F1 is greatest.

    Meant for out-of-fold predictions: on predictions of rows the model has seen it comes out too high.

    Parameters
    ----------
    labels : ndarray of {0, 1}, shape (n,)
    probabilities : ndarray, shape (n,)

    Returns
    -------
    float
        Midway between the lowest probability answered positive and the next one below, from 0 to 1.

    Examples
    --------
    >>> best_f1_threshold(np.array([0, 0, 1]), np.array([0.1, 0.2, 0.6]))
    0.4
    """
    precision, recall, cuts = precision_recall_curve(labels, probabilities)
    total = precision + recall
    f1 = np.divide(2 * precision * recall, total, out=np.zeros_like(total), where=total > 0)
    best = int(np.argmax(f1[:-1]))
    below = cuts[best - 1] if best > 0 else cuts[best]
    return round(float(np.clip((float(cuts[best]) + float(below)) / 2, 0.0, 1.0)), 6)
