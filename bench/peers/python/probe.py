"""Which PyTorch this is, which BLAS it has loaded, and how fast that multiplies matrices on one thread. One line of JSON."""

import json
import time

import torch

torch.set_num_threads(1)


def libraries():
    """The files of BLAS that are mapped into this process; none where the system does not tell."""
    try:
        with open("/proc/self/maps") as maps:
            paths = {line.split()[-1] for line in maps if "/" in line}
    except OSError:
        return []
    return sorted(path for path in paths if any(part in path.rsplit("/", 1)[-1] for part in ("blas", "mkl_rt", "atlas")))


def rate(n=512):
    a, b = torch.rand(n, n), torch.rand(n, n)
    best = float("inf")
    for _ in range(5):
        begin = time.perf_counter()
        a @ b
        best = min(best, time.perf_counter() - begin)
    return 2 * n**3 / best / 1e9


print(json.dumps({"version": torch.__version__, "libraries": libraries(), "sgemm": rate()}))
