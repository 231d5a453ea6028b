"""scikit-learn's mixtures doing the work of the benchmark 'generation'. A request a line on stdin, an answer a line on stdout, both JSON."""
import json
import sys

import numpy as np
from sklearn.mixture import GaussianMixture


def mixture(request):
    """Mean log-likelihood of test rows under a mixture of normal distributions with full covariances. What is added to the variances is what makes a
    tenth of the training rows, kept out, most likely."""
    rows = np.fromfile(request["file"], np.float32).reshape(-1, request["width"]).astype(np.float64)
    train, test = rows[: request["train"]], rows[request["train"] :]
    kept = len(train) // 10

    def fit(rows, regularisation):
        return GaussianMixture(request["components"], reg_covar=regularisation, random_state=0).fit(rows)

    best = max((1e-6, 1e-4, 1e-2, 1e-1), key=lambda regularisation: fit(train[kept:], regularisation).score(train[:kept]))
    return {"nats": fit(train, best).score(test), "regularisation": best}


works = {work.__name__: work for work in (mixture,)}
for line in sys.stdin:
    request = json.loads(line)
    print(json.dumps(works[request["work"]](request)), flush=True)
