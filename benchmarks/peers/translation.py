"""PyTorch translating with a model of this library: nn.Transformer with its weights, and a beam search as it is mostly written, which gives the decoder
the whole beginning of each translation at every step. A request a line on stdin, an answer a line on stdout, both JSON."""
import json
import math
import struct
import sys
import time

import numpy as np
import torch
from torch import nn


def read(file):
    """The tensors of a safetensors file, all of single precision."""
    with open(file, "rb") as stream:
        size, = struct.unpack("<Q", stream.read(8))
        header = json.loads(stream.read(size))
        values = stream.read()
    header.pop("__metadata__", None)
    return {name: torch.from_numpy(np.frombuffer(values, np.float32, (end - start) // 4, start).copy()).view(told["shape"])
            for name, told in header.items() for start, end in [told["data_offsets"]]}


def layers(weights, part, count):
    """The weights of an encoder or a decoder by PyTorch's names."""
    decoder = part == "decoder"
    names = {"attentionNormalization": "norm1", "attention.output": "self_attn.out_proj", "widen": "linear1", "narrow": "linear2",
             "feedForwardNormalization": "norm3" if decoder else "norm2"}
    if decoder:
        names |= {"sourceNormalization": "norm2", "sourceAttention.output": "multihead_attn.out_proj"}
    state = {}
    for kind in ("weight", "bias"):
        state[f"norm.{kind}"] = weights[f"{part}.last.{kind}"]
        for i in range(count):
            ours, theirs = f"{part}.blocks.{i}.", f"layers.{i}."
            state |= {f"{theirs}{name}.{kind}": weights[f"{ours}{own}.{kind}"] for own, name in names.items()}
            state[f"{theirs}self_attn.in_proj_{kind}"] = weights[f"{ours}attention.projection.{kind}"]
            if decoder:
                state[f"{theirs}multihead_attn.in_proj_{kind}"] = torch.cat(
                    [weights[f"{ours}sourceAttention.{which}.{kind}"] for which in ("query", "source")])
    return state


def waves(places, width):
    """The angles of half as many waves as there are values, at every place."""
    return torch.arange(places)[:, None] * 10_000.0 ** (-torch.arange(0, width, 2) / width)


class RotaryAttention(nn.MultiheadAttention):
    """Attention with queries and keys turned by their places."""

    def __init__(self, width, heads):
        super().__init__(width, heads, batch_first=True)
        self._qkv_same_embed_dim = False  # keeps the encoder's layers from their shortcut, which knows no turning

    def forward(self, x, key, value, attn_mask=None, key_padding_mask=None, **_):
        size = x.shape[2] // self.num_heads
        query, key, value = (nn.functional.linear(of, *part).unflatten(2, (self.num_heads, size)).transpose(1, 2) for of, part in zip(
            (x, key, value), zip(self.in_proj_weight.chunk(3), self.in_proj_bias.chunk(3))))
        query, key = self.turn(query), self.turn(key)
        scores = query @ key.transpose(2, 3) / math.sqrt(size)
        if attn_mask is not None:
            scores = scores + attn_mask
        if key_padding_mask is not None:
            scores = scores.masked_fill(key_padding_mask[:, None, None], -math.inf)
        return self.out_proj((scores.softmax(-1) @ value).transpose(1, 2).flatten(2)), None

    @staticmethod
    def turn(x):
        size = x.shape[3]
        angles = waves(x.shape[2], size)
        cosines, sines = angles.cos().repeat(1, 2), torch.cat([-angles.sin(), angles.sin()], 1)
        return x * cosines + x.roll(size // 2, 3) * sines


class Translator:
    """Pre-norm, sines and cosines for places, one table of vectors for source, target and output."""

    def __init__(self, weights, width, heads, encoder_layers, decoder_layers, hidden, activation, rotary, padding, begin, end):
        self.table, self.padding, self.begin, self.end = weights["table.weight"], padding, begin, end
        net = nn.Transformer(width, heads, encoder_layers, decoder_layers, hidden, activation=activation, norm_first=True, batch_first=True)
        if rotary:
            for layer in [*net.encoder.layers, *net.decoder.layers]:
                layer.self_attn = RotaryAttention(width, heads)
            for layer in net.decoder.layers:
                layer.multihead_attn = RotaryAttention(width, heads)
        net.encoder.load_state_dict(layers(weights, "encoder", encoder_layers))
        net.decoder.load_state_dict(layers(weights, "decoder", decoder_layers))
        self.net = net.eval()

    def embed(self, tokens):
        width = self.table.shape[1]
        angles = waves(tokens.shape[1], width)
        return self.table[tokens] * math.sqrt(width) + torch.cat([angles.sin(), angles.cos()], 1)

    def translate(self, sources, beams, alpha, room):
        """The best translation of each source. Scores are those of Wu et al. 2016, equation 14."""
        rows, longest = len(sources), max(map(len, sources)) + 1
        source = torch.tensor([s + [self.end] + [self.padding] * (longest - 1 - len(s)) for s in sources])
        memory = self.net.encoder(self.embed(source), src_key_padding_mask=source == self.padding).repeat_interleave(beams, 0)
        hidden = (source == self.padding).repeat_interleave(beams, 0)
        found = torch.full([rows * beams, 1], self.begin)
        scores = torch.full([rows, beams], -math.inf)
        scores[:, 0] = 0
        ended = torch.zeros(rows, beams, dtype=torch.bool)
        lengths = torch.zeros(rows, beams)
        for _ in range(longest + room):
            ahead = nn.Transformer.generate_square_subsequent_mask(found.shape[1])
            states = self.net.decoder(self.embed(found), memory, tgt_mask=ahead, memory_key_padding_mask=hidden)[:, -1]
            following = (states @ self.table.t()).log_softmax(1).view(rows, beams, -1)
            following[:, :, [self.padding, self.begin]] = -math.inf
            # What has ended stays as it is, padded.
            following[ended] = -math.inf
            following[:, :, self.padding][ended] = 0
            scores, best = (scores[:, :, None] + following).flatten(1).topk(beams, 1)
            parents, tokens = best.div(following.shape[2], rounding_mode="floor"), best % following.shape[2]
            ended, lengths = ended.gather(1, parents), lengths.gather(1, parents)
            lengths += ~ended
            ended = ended | (tokens == self.end)
            found = torch.cat([found[(parents + torch.arange(rows)[:, None] * beams).flatten()], tokens.view(-1, 1)], 1)
            if ended.all():
                break
        best = (scores / ((5 + lengths) / 6) ** alpha).argmax(1)
        chosen = found.view(rows, beams, -1)[torch.arange(rows), best, 1:].tolist()
        return [[token for token in row if token not in (self.padding, self.end)] for row in chosen]


def load(request):
    global translator
    torch.set_num_threads(request.pop("threads"))
    translator = Translator(read(request.pop("weights")), **request)
    return {}


@torch.no_grad()
def translate(request):
    sources, batch = request["sources"], request["batch"]
    order = sorted(range(len(sources)), key=lambda row: len(sources[row]))
    found = [None] * len(sources)
    wall, processor = time.perf_counter(), time.process_time()
    for first in range(0, len(order), batch):
        rows = order[first:first + batch]
        for row, tokens in zip(rows, translator.translate([sources[row] for row in rows], request["beams"], request["alpha"], request["room"])):
            found[row] = tokens
    return {"wall": time.perf_counter() - wall, "processor": time.process_time() - processor, "found": found}


works = {work.__name__: work for work in (load, translate)}
for line in sys.stdin:
    request = json.loads(line)
    print(json.dumps(works[request.pop("work")](request)), flush=True)
