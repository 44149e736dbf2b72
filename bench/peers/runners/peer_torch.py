"""PyTorch at work, eager, on one thread. Reads a work as one line of JSON, then commands: `run N`, `loss`."""

import json
import math
import sys

import torch
import torch.nn.functional as F

torch.set_num_threads(1)


def dense(x, W, b=None):
    return F.linear(x, W, b)


def cross_entropy(z, y, classes):
    return F.cross_entropy(z.reshape(-1, classes), y.reshape(-1))


def seed(p, x, y):
    h = torch.sigmoid(dense(x, p["W1"], p["b1"]))
    return ((torch.sigmoid(dense(h, p["W2"], p["b2"])) - y) ** 2).mean()


def mlp(p, x, y):
    return cross_entropy(dense(F.relu(dense(x, p["W1"], p["b1"])), p["W2"], p["b2"]), y, 10)


def lenet(p, x, y):
    h = F.max_pool2d(F.relu(F.conv2d(x, p["K1"], p["b1"], padding=2)), 2)
    h = F.max_pool2d(F.relu(F.conv2d(h, p["K2"], p["b2"], padding=2)), 2)
    return cross_entropy(dense(h.flatten(1), p["W"].flatten(1), p["b"]), y, 10)


def gru(p, x, y):
    h = x.new_zeros(1, x.shape[0], 128)
    out, _ = torch._VF.gru(x, h, [p["W"], p["U"], p["b"], p["c"]], True, 1, 0.0, True, False, True)
    return cross_entropy(dense(out[:, -1], p["V"], p["d"]), y, 10)


def lstm(p, x, y):
    h = x.new_zeros(1, x.shape[0], 128)
    out, _, _ = torch._VF.lstm(x, (h, h), [p["W"], p["U"], p["b"], torch.zeros_like(p["b"])], True, 1, 0.0, True, False, True)
    return cross_entropy(dense(out[:, -1], p["V"], p["d"]), y, 10)


def gpt(p, x, y):
    B, T = x.shape
    heads, width = 4, 16
    ahead = torch.ones(T, T).triu(1).bool()
    x = F.embedding(x, p["E"]) + p["P"]
    for k in range(2):
        n = F.layer_norm(x, (64,), p[f"g{k}"], p[f"e{k}"])
        q, key, v = dense(n, p[f"QKV{k}"]).reshape(B, T, 3, heads, width).permute(2, 0, 3, 1, 4)
        s = (q @ key.transpose(-1, -2) / math.sqrt(width)).masked_fill(ahead, -1e9)
        a = (s.softmax(-1) @ v).transpose(1, 2).reshape(B, T, heads * width)
        x = x + dense(a, p[f"O{k}"])
        m = F.layer_norm(x, (64,), p[f"G{k}"], p[f"H{k}"])
        x = x + dense(F.gelu(dense(m, p[f"F{k}"], p[f"f{k}"]), approximate="tanh"), p[f"S{k}"], p[f"s{k}"])
    return cross_entropy(dense(x, p["head"]), y, 65)


def graph(p, A, x, y):
    h = F.relu(A[0] @ dense(x[0], p["W1"]))
    h = F.relu(A[0] @ dense(h, p["W2"]))
    return cross_entropy(A[0] @ dense(h, p["W3"]), y, 7)


def tensor(numbers, whole):
    values = torch.tensor(numbers["values"], dtype=torch.int64 if whole else torch.float32)
    return values.reshape(numbers["shape"])


def main():
    work = json.loads(sys.stdin.readline())
    p = {name: tensor(n, False).requires_grad_() for name, n in work["parameters"].items()}
    data = {name: tensor(n, name in work["whole"]) for name, n in work["data"].items()}
    formula, rule, last = globals()[work["formula"]], work["rule"], None
    if rule["kind"] == "sgd":
        optimizer = torch.optim.SGD(p.values(), lr=rule["rate"])
    elif rule["kind"] == "adam":
        optimizer = torch.optim.Adam(p.values(), lr=rule["rate"])
    else:
        optimizer = torch.optim.AdamW(p.values(), lr=rule["rate"], weight_decay=rule["decay"])
    print(json.dumps({"version": torch.__version__}), flush=True)
    for line in sys.stdin:
        command, *rest = line.split()
        if command == "run":
            for _ in range(int(rest[0])):
                optimizer.zero_grad()
                last = formula(p, **data)
                last.backward()
                optimizer.step()
            print(json.dumps({}), flush=True)
        else:
            print(json.dumps({"loss": last.item()}), flush=True)


main()
