"""PyTorch doing the work of the benchmark 'throughput'. A request a line on stdin, an answer a line on stdout, both JSON."""
import json
import resource
import sys
import time

if sys.argv[1] == "like-ours":
    # The settings of our engine (src/Trainers/Engine/NativeAllocator.cs), before anything is allocated.
    import ctypes

    mallopt = ctypes.CDLL(None).mallopt
    M_TRIM_THRESHOLD, M_TOP_PAD, M_MMAP_THRESHOLD, M_ARENA_MAX = -1, -2, -3, -8
    for option, value in [(M_MMAP_THRESHOLD, 1 << 30), (M_TRIM_THRESHOLD, 2**31 - 1), (M_TOP_PAD, 64 << 20), (M_ARENA_MAX, 1)]:
        assert mallopt(option, value) == 1

import numpy as np
import torch
from torch import nn

import networks


def timed(work):
    wall, processor = time.perf_counter(), time.process_time()
    work()
    return {"wall": time.perf_counter() - wall, "processor": time.process_time() - processor}


def fit(net, rows, epochs, batch):
    optimizer = torch.optim.Adam(net.parameters(), lr=2e-3)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, epochs * -(-len(rows) // batch))
    for _ in range(epochs):
        order = torch.randperm(len(rows))
        for first in range(0, len(rows), batch):
            optimizer.zero_grad(set_to_none=True)
            net.loss(rows[order[first:first + batch]]).backward()
            optimizer.step()
            schedule.step()


def load(request):
    global rows, net, batch
    torch.set_num_threads(request["threads"])
    torch.manual_seed(request["seed"])
    rows, batch = torch.from_numpy(np.fromfile(request["file"], np.float32)).view(-1, request["width"]), request["batch"]
    sizes = request["network"]
    net = getattr(networks, sizes.pop("kind"))(**sizes)
    return {}


def train(request):
    return timed(lambda: fit(net, rows, request["epochs"], batch))


def encode(request):
    @torch.no_grad()
    def work():
        for first in range(0, len(rows), request["block"]):
            net.encoder(rows[first:first + request["block"]])

    return timed(work)


def predict(request):
    """One row at a time from a numpy array to a decision, as a service does it: the default anomaly detector."""
    width, codes = request["width"], request["codes"]
    members = [networks.Dense(width, hidden, code, nn.Tanh, nn.Identity) for hidden, code in zip(request["hidden"], codes)]
    spaces = [(torch.randn(width + code, width + code), torch.zeros(width + code), torch.randn(160, width + code)) for code in codes]
    quantiles, tails = torch.randn(width, 256).sort(1)[0], torch.linspace(-8, 0, 257)
    units, weights = torch.ones(len(codes) + 1), torch.full([len(codes) + 1], 1 / (len(codes) + 1))
    offset, scale, threshold = torch.zeros(width), torch.ones(width), 0.5
    arrays = np.random.default_rng(request["seed"]).standard_normal((request["calls"], width), np.float32)

    @torch.no_grad()
    def work():
        for row in arrays:
            x = ((torch.from_numpy(row) - offset) * scale)[None]
            parts = []
            for member, (whitening, shift, typical) in zip(members, spaces):
                code = member.encoder(x)
                point = torch.addmm(shift, torch.cat([member.decoder(code) - x, code], 1), whitening)
                parts.append(torch.cdist(point, typical).view(10, 16).amin(1).mean())
            below, above = tails[torch.searchsorted(quantiles, x.t(), right=True)], tails[256 - torch.searchsorted(quantiles, x.t())]
            parts.append(-torch.minimum(below, above).mean())
            score = ((torch.stack(parts) / units + 0.05).log() * weights).sum().exp().item() - threshold
            score > 0

    return timed(work)


def beam(request):
    """Sentences translated by a network that knows nothing, in the batches that run fastest."""
    torch.set_num_threads(request["threads"])
    net = networks.Translation(**request["network"]).eval()

    def work():
        for lengths in torch.tensor(request["lengths"]).split(32):
            sources = torch.randint(3, len(net.vectors.weight), (len(lengths), int(lengths.max()) + 1))
            net.beam(sources, torch.arange(sources.shape[1]) > lengths[:, None], request["beams"])

    return timed(work)


def table(request):
    """A long table of numbers in memory, standardised, and one epoch over it."""
    torch.set_num_threads(request["threads"])
    data = np.empty((request["rows"], request["width"]), np.float32)
    np.random.default_rng(request["seed"]).random(out=data, dtype=np.float32)
    data = torch.from_numpy(data)

    def work():
        # In pieces and in place: no second copy of the table.
        mean, deviation = torch.zeros(request["width"]), torch.zeros(request["width"])
        for piece in data.split(1 << 16):
            mean += piece.sum(0) / len(data)
        for piece in data.split(1 << 16):
            deviation += (piece - mean).square_().sum(0) / len(data)
        for piece in data.split(1 << 16):
            piece.sub_(mean).div_(deviation.sqrt())
        net = networks.Dense(request["width"], request["hidden"], request["code"], output=nn.Identity)
        fit(net, data, 1, request["batch"])

    return {**timed(work), "peakBytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}


def first_step(request):
    torch.set_num_threads(request["threads"])
    fit(networks.Dense(784, 256, 64), torch.rand(256, 784), 1, 256)
    return {}


works = {work.__name__: work for work in (load, train, encode, predict, beam, table, first_step)}
for line in sys.stdin:
    request = json.loads(line)
    print(json.dumps(works[request["work"]](request)), flush=True)
