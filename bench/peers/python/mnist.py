"""MNIST in PyTorch, eager, on one thread: the networks of examples/mnist-mlp and examples/mnist-conv, an epoch at a time.

Reads one line of JSON: which network, where the IDX files are. Then commands: `epoch` trains, `evaluate` asks for the digits
that were not learnt from. Each is answered by a line of JSON.
"""

import json
import math
import sys
import time

import torch
import torch.nn.functional as F
from torch import nn

torch.set_num_threads(1)
BATCH = 32


def idx(path, header):
    with open(path, "rb") as file:
        return torch.frombuffer(bytearray(file.read()[header:]), dtype=torch.uint8)


def dense():
    return nn.Sequential(nn.Flatten(), nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 10))


def convolutional():
    return nn.Sequential(
        nn.Conv2d(1, 8, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(8, 16, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Dropout(0.3), nn.Linear(400, 64), nn.ReLU(), nn.Linear(64, 10),
    )  # fmt: skip


def main():
    order = json.loads(sys.stdin.readline())
    folder = order["folder"]
    images = {part: idx(f"{folder}/{part}-images-idx3-ubyte", 16).reshape(-1, 1, 28, 28).float() / 255 for part in ("train", "t10k")}
    digits = {part: idx(f"{folder}/{part}-labels-idx1-ubyte", 8).long() for part in ("train", "t10k")}
    torch.manual_seed(0)
    model = dense() if order["network"] == "mlp" else convolutional()
    # The convolutional network's rate falls to 0 along half a cosine, over the 9,375 steps of five epochs.
    start, steps = (1e-3, None) if order["network"] == "mlp" else (2e-3, 9375)
    optimizer = torch.optim.Adam(model.parameters(), lr=start)
    step = 0
    print(json.dumps({}), flush=True)
    for line in sys.stdin:
        begin = time.perf_counter()
        if line.strip() == "epoch":
            model.train()
            for chosen in torch.randperm(60000).split(BATCH):
                if steps is not None:
                    optimizer.param_groups[0]["lr"] = start * (1 + math.cos(math.pi * min(step, steps) / steps)) / 2
                optimizer.zero_grad(set_to_none=True)
                F.cross_entropy(model(images["train"][chosen]), digits["train"][chosen]).backward()
                optimizer.step()
                step += 1
            print(json.dumps({"seconds": time.perf_counter() - begin}), flush=True)
        else:
            model.eval()
            with torch.inference_mode():
                found = model(images["t10k"]).argmax(1)
            print(json.dumps({"accuracy": (found == digits["t10k"]).float().mean().item()}), flush=True)


main()
