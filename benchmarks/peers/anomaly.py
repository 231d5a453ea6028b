"""scikit-learn's detectors doing the work of the benchmark 'anomaly'. A request a line on stdin, an answer a line on stdout, both JSON."""
import json
import sys
import time

import numpy as np
from sklearn.ensemble import IsolationForest
from sklearn.metrics import average_precision_score, roc_auc_score
from sklearn.neighbors import NearestNeighbors
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits


def table(request):
    """Takes in a set: rows of float32, the label last."""
    global rows, labels
    if request["threads"]:
        threadpool_limits(request["threads"])
    data = np.fromfile(request["file"], np.float32).reshape(-1, request["width"] + 1)
    rows, labels = np.ascontiguousarray(data[:, :-1]), data[:, -1]
    return {}


def judged(scores):
    return {"auroc": roc_auc_score(labels, scores), "ap": average_precision_score(labels, scores)}


def judge(request):
    """What scikit-learn's metrics say of scores from elsewhere."""
    return judged(np.fromfile(request["file"], np.float32))


def timed(detect):
    start = time.perf_counter()
    scores = detect()
    return {"seconds": time.perf_counter() - start, **judged(scores)}


def forest(request):
    """Isolation forest, defaults: 100 trees of 256 rows each."""
    return timed(lambda: -IsolationForest(random_state=request["seed"]).fit(rows).score_samples(rows))


def neighbours(request):
    """The distance to the k-th nearest other row, features standardised. A large set is measured against a sample of its rows."""

    def detect():
        x = StandardScaler().fit_transform(rows)
        most = request["references"]
        chosen = np.random.default_rng(0).choice(len(x), most, replace=False) if len(x) > most else slice(None)
        nearest = NearestNeighbors(n_neighbors=request["k"]).fit(x[chosen])
        scores = np.empty(len(x))
        if len(x) > most:
            scores[:] = nearest.kneighbors(x)[0][:, -1]
        scores[chosen] = nearest.kneighbors()[0][:, -1]  # a row is not its own neighbour
        return scores

    return timed(detect)


works = {work.__name__: work for work in (table, judge, forest, neighbours)}
for line in sys.stdin:
    request = json.loads(line)
    print(json.dumps(works[request["work"]](request)), flush=True)
