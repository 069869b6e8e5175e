"""The vector work in numpy, one thread."""
import os
import sys
import time

import numpy as np

ONLY = sys.argv[1:]
DIVISOR = float(os.environ.get("BENCH_DIVISOR", "1"))
random = np.random.default_rng(1)


def measure(op, n, f, arrays=1, reps=7):
    if ONLY and op not in ONLY:
        return
    n = int(n / DIVISOR)
    data = [random.random(n) for _ in range(arrays)]
    f(*data)
    took = []
    for _ in range(reps):
        start = time.perf_counter()
        result = f(*data)
        took.append(time.perf_counter() - start)
        del result
    took.sort()
    print('{"peer": "numpy %s", "op": "%s", "n": %d, "threads": 1, "seconds": %.6f, "min": %.6f, "note": ""}'
          % (np.__version__, op, n, took[len(took) // 2], took[0]), flush=True)


measure("sum", 1e8, lambda x: x.sum())
measure("mean", 1e8, lambda x: x.mean())
measure("min", 1e8, lambda x: x.min())
measure("max", 1e8, lambda x: x.max())
measure("a+b*c", 2e7, lambda a, b, c: a + b * c, arrays=3)
measure("x[x>0.5]", 2e7, lambda x: x[x > 0.5])
measure("cumsum", 1e7, lambda x: np.cumsum(x))
measure("diff", 1e7, lambda x: np.diff(x))
measure("sort", 1e7, lambda x: np.sort(x), reps=3)
measure("order", 1e7, lambda x: np.argsort(x), reps=3)
measure("unique", 1e7, lambda x: np.unique(x), reps=3)
