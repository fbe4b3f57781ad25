"""Neural tangent kernels as users of PyTorch compute them, for `engine bench ntk`: network, weights and samples are the engine's, read from a folder.

Two routes. "jacobian": the gradient of every output of every sample, vmap(jacrev(f)), and products of these, parameter by parameter. "gram": for dense networks, the products
of layer inputs times the products of derivatives by layer outputs, written by hand with autograd. Kernels are written beside the weights, times printed as one line of JSON.
"""

import json
import os
import sys
import time

with open("/proc/cpuinfo") as file:
    FLAGS = set(next((line for line in file if line.startswith("flags")), "").split())
if {"avx512f", "avx512dq", "avx512bw", "avx512vl"} <= FLAGS:
    # OpenBLAS does not know processors that are newer than itself, and would be four times slower.
    os.environ.setdefault("OPENBLAS_CORETYPE", "SkylakeX")

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy
import torch
import torch.nn.functional as F


# They take long.
MOST_JACOBIANS = 3


def mlp(p, case, x):
    for k in range(case["layers"]):
        x = F.linear(x, p[f"dense{k}.weight"], p[f"dense{k}.bias"])
        x = F.relu(x) if k + 1 < case["layers"] else x
    return x


def resnet(p, case, x):
    def convolve(x, name, stride, padding):
        return F.conv2d(x, p[name + ".weight"], None, stride, padding)

    def norm(x, name):
        weight = p[name + ".weight"]
        return F.batch_norm(x, torch.zeros_like(weight), torch.ones_like(weight), weight, p[name + ".bias"], False)

    x = F.relu(norm(convolve(x, "first", 1, 1), "firstNorm"))
    for block, stride in enumerate(case["strides"]):
        name = f"block{block}"
        y = F.relu(norm(convolve(x, name + ".one", stride, 1), name + ".oneNorm"))
        y = norm(convolve(y, name + ".two", 1, 1), name + ".twoNorm")
        x = F.relu(y + (x if stride == 1 else convolve(x, name + ".projection.around", stride, 0)))
    return F.linear(x.mean((2, 3)), p["head.weight"], p["head.bias"])


def transformer(p, case, x):
    def dense(x, name):
        return F.linear(x, p[name + ".weight"], p[name + ".bias"])

    def norm(x, name):
        return F.layer_norm(x, (x.shape[-1],), p[name + ".weight"], p[name + ".bias"])

    def heads(x):
        return x.unflatten(-1, (case["heads"], -1)).transpose(1, 2)

    x = F.embedding(x, p["embedding.tokens.weight"]) + p["embedding.positions.weight"]
    for block in range(case["layers"]):
        name = f"block{block}"
        y = norm(x, name + ".attentionNorm")
        q, k, v = (heads(dense(y, f"{name}.attention.{part}")) for part in ("query", "key", "value"))
        weights = torch.softmax(q @ k.transpose(2, 3) / q.shape[-1] ** 0.5, -1)
        x = x + dense((weights @ v).transpose(1, 2).flatten(2), name + ".attention.output")
        y = norm(x, name + ".feedForwardNorm")
        x = x + dense(F.gelu(dense(y, name + ".feedForward.inner")), name + ".feedForward.outer")
    return dense(x.mean(1), "head")


def gradients_of_samples(network, p):
    """A function from samples to ∂f/∂θ, for each parameter [N, C, …], and its name."""
    try:
        from torch.func import jacrev, vmap
    except ImportError:
        from functorch import jacrev, vmap
    single = lambda p, x: network(p, x.unsqueeze(0)).squeeze(0)
    return lambda x: vmap(jacrev(single), (None, 0))(p, x)


def now():
    if torch.cuda.is_initialized():
        torch.cuda.synchronize()
    return time.perf_counter()


def jacobian_route(network, p, x, full):
    start = now()
    gradients = [g.flatten(2) for g in gradients_of_samples(network, p)(x).values()]
    formed = now()
    outputs = gradients[0].shape[1]
    kernel = 0
    for g in gradients:
        kernel = kernel + (torch.einsum("Naf,Mbf->NaMb", g, g) if full else torch.einsum("Naf,Maf->NM", g, g) / outputs)
    return kernel, formed - start, now() - formed


def gram_route(p, case, x, full):
    start = time.perf_counter()
    inputs, values = [], []
    for k in range(case["layers"]):
        inputs.append(x)
        values.append(F.linear(x, p[f"dense{k}.weight"].requires_grad_(), p[f"dense{k}.bias"]))
        x = F.relu(values[-1])
    outputs = values[-1].sum(0)
    derivatives = [torch.autograd.grad(output, values, retain_graph=True) for output in outputs]
    kernel = 0
    for k, a in enumerate(inputs):
        a = a.detach()
        g = torch.stack([d[k] for d in derivatives], 1)
        n, c = g.shape[:2]
        if full:
            g = g.flatten(0, 1)
            kernel = kernel + (a @ a.T + 1)[:, None, :, None] * (g @ g.T).view(n, c, n, c)
        else:
            g = g.flatten(1)
            kernel = kernel + (a @ a.T + 1) * (g @ g.T) / c
    return kernel, time.perf_counter() - start


def main(folder):
    with open(os.path.join(folder, "case.json")) as file:
        case = json.load(file)
    torch.set_num_threads(1)
    device = case["device"]
    read = lambda name, shape, kind: torch.from_numpy(numpy.fromfile(os.path.join(folder, name), kind).reshape(shape)).to(device)
    write = lambda kernel, name: kernel.contiguous().cpu().numpy().tofile(os.path.join(folder, name))
    p = {q["name"]: read(q["name"], q["shape"], numpy.float32) for q in case["parameters"]}
    x = read("inputs", case["inputs"], numpy.int64 if case["tokens"] else numpy.float32)
    forward = globals()[case["network"]]
    network = lambda p, x: forward(p, case, x)
    full = case["reduction"] == "full"
    result = {"version": torch.__version__, "device": device, "blas": os.environ.get("OPENBLAS_CORETYPE", "as it chooses")}
    best = {}
    if case["network"] == "mlp":
        for _ in range(case["rounds"]):
            kernel, seconds = gram_route(p, case, x, full)
            best["gram"] = min(seconds, best.get("gram", seconds))
        n = case["jacobianSamples"]
        write(kernel.detach()[:n, :, :n] if full else kernel.detach()[:n, :n], "gram")
        del kernel
        p = {name: q.detach() for name, q in p.items()}
    part = x[: case["jacobianSamples"]]
    jacobian_route(network, p, part[:2], full)
    runs = [jacobian_route(network, p, part, full)]
    write(runs[0][0], "jacobian")
    # The best of some, as of the other routes.
    runs = [run[1:] for run in runs] + [jacobian_route(network, p, part, full)[1:] for _ in range(min(case["rounds"], MOST_JACOBIANS) - 1)]
    forming, products = min(runs, key=sum)
    print(json.dumps(result | best | {"forming": forming, "products": products}))


main(sys.argv[1])
