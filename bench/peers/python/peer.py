"""PyTorch at work, eager, on one thread. Reads a work as one line of JSON, then commands: `run N`, `result`."""

import json
import math
import sys

import torch
import torch.nn.functional as F

torch.set_num_threads(1)


def dense(x, W, b=None):
    return F.linear(x, W, b)


def seed(p, x):
    h = torch.sigmoid(dense(x, p["W1"], p["b1"]))
    return torch.sigmoid(dense(h, p["W2"], p["b2"]))


def mlp(p, x):
    return dense(F.relu(dense(x, p["W1"], p["b1"])), p["W2"], p["b2"])


def lenet(p, x):
    h = F.max_pool2d(F.relu(F.conv2d(x, p["K1"], p["b1"], padding=2)), 2)
    h = F.max_pool2d(F.relu(F.conv2d(h, p["K2"], p["b2"], padding=2)), 2)
    return dense(h.flatten(1), p["W"].flatten(1), p["b"])


def gru(p, x):
    h = x.new_zeros(1, x.shape[0], 128)
    out, _ = torch._VF.gru(x, h, [p["W"], p["U"], p["b"], p["c"]], True, 1, 0.0, True, False, True)
    return dense(out[:, -1], p["V"], p["d"])


def lstm(p, x):
    h = x.new_zeros(1, x.shape[0], 128)
    out, _, _ = torch._VF.lstm(x, (h, h), [p["W"], p["U"], p["b"], torch.zeros_like(p["b"])], True, 1, 0.0, True, False, True)
    return dense(out[:, -1], p["V"], p["d"])


def gpt(p, x):
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
    return dense(x, p["head"])


def graph(p, A, x):
    h = F.relu(A[0] @ dense(x[0], p["W1"]))
    h = F.relu(A[0] @ dense(h, p["W2"]))
    return A[0] @ dense(h, p["W3"])


def tensor(numbers, whole):
    values = torch.tensor(numbers["values"], dtype=torch.int64 if whole else torch.float32)
    return values.reshape(numbers["shape"])


def train(work, data, p):
    """So many steps of the work's rule; what is found is the loss of the last, before it."""
    formula, rule, y = globals()[work["formula"]], work["rule"], data.pop("y")
    if rule["kind"] == "sgd":
        optimizer = torch.optim.SGD(p.values(), lr=rule["rate"])
    elif rule["kind"] == "adam":
        optimizer = torch.optim.Adam(p.values(), lr=rule["rate"])
    else:
        optimizer = torch.optim.AdamW(p.values(), lr=rule["rate"], weight_decay=rule["decay"])

    def run(steps):
        for _ in range(steps):
            optimizer.zero_grad(set_to_none=True)
            z = formula(p, **data)
            if work["formula"] == "seed":
                loss = F.mse_loss(z, y)
            else:
                loss = F.cross_entropy(z.reshape(-1, z.shape[-1]), y.reshape(-1))
            loss.backward()
            optimizer.step()
        return loss.reshape(1)

    return run


def predict(work, data, p):
    formula = globals()[work["formula"]]
    data.pop("y")

    def run(steps):
        with torch.inference_mode():
            for _ in range(steps):
                z = formula(p, **data)
        return z.flatten()

    return run


def derive(work, data, p):
    """J(x) = cos(sin(x^2) + 3 x^2) and its derivative, at points that follow one another."""

    def run(steps):
        for k in range(steps):
            x = torch.tensor(work["first"] + work["apart"] * (k % work["points"]), requires_grad=True)
            square = x * x
            J = torch.cos(torch.sin(square) + 3 * square)
            J.backward()
        return torch.stack([J.detach(), x.grad])

    return run


def main():
    work = json.loads(sys.stdin.readline())
    p = {name: tensor(n, False).requires_grad_() for name, n in work.get("parameters", {}).items()}
    data = {name: tensor(n, name in work["whole"]) for name, n in work.get("data", {}).items()}
    run = {"train": train, "predict": predict, "derive": derive}[work["task"]](work, data, p)
    found = torch.zeros(0)
    print(json.dumps({}), flush=True)
    for line in sys.stdin:
        command, *rest = line.split()
        if command == "run":
            found = run(int(rest[0]))
            print(json.dumps({}), flush=True)
        else:
            print(json.dumps({"result": found.tolist()}), flush=True)


main()
