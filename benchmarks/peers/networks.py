"""The networks of this library as a PyTorch user writes them: the same layers, sizes, activations, losses and random damage."""
import math

import torch
from torch import nn
from torch.nn import functional as F


class Autoencoder(nn.Module):
    def forward(self, x):
        return self.decoder(self.encoder(x))

    def loss(self, x):
        return F.mse_loss(self(x), x)


class Dense(Autoencoder):
    def __init__(self, width, hidden, code, activation=nn.ReLU, output=nn.Sigmoid):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(width, hidden), activation(), nn.Linear(hidden, code))
        self.decoder = nn.Sequential(nn.Linear(code, hidden), activation(), nn.Linear(hidden, width), output())


class Convolutional(Autoencoder):
    """Grey images whose side is a multiple of 4; in training they are turned, scaled, sheared and moved, and come back straight."""

    def __init__(self, side, filters, code):
        super().__init__()
        (first, second), rest = filters, side // 4
        self.side = side
        self.encoder = nn.Sequential(
            nn.Conv2d(1, first, 3, stride=2, padding=1, bias=False), nn.BatchNorm2d(first), nn.ReLU(),
            nn.Conv2d(first, second, 3, stride=2, padding=1, bias=False), nn.BatchNorm2d(second), nn.ReLU(),
            nn.Flatten(), nn.Linear(second * rest * rest, code))
        self.decoder = nn.Sequential(
            nn.Linear(code, second * rest * rest), nn.ReLU(), nn.Unflatten(1, (second, rest, rest)),
            nn.ConvTranspose2d(second, first, 3, stride=2, padding=1, output_padding=1, bias=False), nn.BatchNorm2d(first), nn.ReLU(),
            nn.ConvTranspose2d(first, 1, 3, stride=2, padding=1, output_padding=1), nn.Sigmoid())
        self.normalizations = [layer for layer in self.modules() if isinstance(layer, nn.BatchNorm2d)]

    def loss(self, x):
        images = x.view(-1, 1, self.side, self.side)
        # Scoring sees straight images, so their means and variances are the ones to remember: those of a part of the batch.
        self.remember(True)
        with torch.no_grad():
            self(images[:-(-len(images) // 4)])
        self.remember(False)
        return F.mse_loss(self(self.distort(images)), images)

    def remember(self, value):
        for layer in self.normalizations:
            layer.momentum = 0.1 if value else 0.0

    @staticmethod
    def distort(images, rotation=17, shift=0.1, scaling=0.15, shear=0.3):
        def uniform(limit):
            return (torch.rand(len(images)) * 2 - 1) * limit

        angle, scale = uniform(math.radians(rotation)), uniform(scaling) + 1
        cosine, sine = angle.cos() * scale, angle.sin() * scale
        theta = torch.stack([cosine, sine + uniform(shear), uniform(2 * shift), -sine, cosine, uniform(2 * shift)], 1).view(-1, 2, 3)
        grid = F.affine_grid(theta, images.shape, align_corners=False)
        return F.grid_sample(images, grid, padding_mode="border", align_corners=False)


class Recurrent(Autoencoder):
    """Windows, step by step: the last state gives the code; the decoder reads the code at every step and gives the last step first."""

    def __init__(self, cell, steps, step, state, code):
        super().__init__()
        self.steps, self.step = steps, step
        self.reader = getattr(nn, cell)(step, state, batch_first=True)
        self.to_code = nn.Linear(state, code)
        self.writer = getattr(nn, cell)(code, state, batch_first=True)
        self.to_step = nn.Linear(state, step)

    def encoder(self, x):
        _, last = self.reader(x.view(-1, self.steps, self.step))
        return self.to_code((last[0] if isinstance(last, tuple) else last)[-1])

    def decoder(self, code):
        states, _ = self.writer(code.unsqueeze(1).expand(-1, self.steps, -1))
        return self.to_step(states).flip(1).flatten(1)


class MaskedTransformer(Autoencoder):
    """A random part of a row's tokens is hidden, the rest encoded to one code, and the hidden ones rebuilt from it alone."""

    def __init__(self, tokens, size, heads, layers, decoder_layers, hidden, masked, code):
        super().__init__()

        def blocks(count):
            return nn.Sequential(*[nn.TransformerEncoderLayer(size, heads, hidden, dropout=0, activation="gelu", batch_first=True, norm_first=True)
                                   for _ in range(count)], nn.LayerNorm(size))

        self.tokens, self.visible = tokens, tokens - round(masked * tokens)
        self.blocks, self.to_code = blocks(layers), nn.Linear(size, code)
        self.from_code, self.mask_tokens = nn.Linear(code, size), nn.Parameter(torch.randn(tokens, size) * 0.02)
        self.decoder_blocks = blocks(decoder_layers)

    def decoder(self, code):
        return self.decoder_blocks(self.mask_tokens + self.from_code(code).unsqueeze(1))

    def loss(self, x):
        order = torch.rand(len(x), self.tokens).argsort(1)
        seen = order[:, :self.visible]
        mask = torch.ones(len(x), self.tokens).scatter_(1, seen, 0)
        tokens = self.embed(x)
        tokens = tokens.gather(1, seen.unsqueeze(2).expand(-1, -1, tokens.shape[2]))
        output = self.head(self.decoder(self.to_code(self.blocks(tokens).mean(1))))
        errors = F.mse_loss(output, self.targets(x), reduction="none").mean(2)
        return (errors * mask).sum() / mask.sum()


class MaskedTable(MaskedTransformer):
    """A token is a slot, with an affine map of its own each way."""

    def __init__(self, tokens, size, **sizes):
        super().__init__(tokens, size, **sizes)
        self.weight, self.bias = nn.Parameter(torch.randn(tokens, size) * 0.1), nn.Parameter(torch.zeros(tokens, size))
        self.head_weight, self.head_bias = nn.Parameter(torch.randn(tokens, size) * 0.1), nn.Parameter(torch.zeros(tokens))

    def embed(self, x):
        return x.unsqueeze(2) * self.weight + self.bias

    def head(self, tokens):
        return ((tokens * self.head_weight).sum(2) + self.head_bias).unsqueeze(2)

    def targets(self, x):
        return x.unsqueeze(2)


class MaskedImages(MaskedTransformer):
    """A token is a square patch of a grey image, all by the same affine map, with a learned place."""

    def __init__(self, side, patch, size, **sizes):
        super().__init__((side // patch) ** 2, size, **sizes)
        self.side, self.patch = side, patch
        self.embedding, self.places = nn.Linear(patch * patch, size), nn.Parameter(torch.randn(self.tokens, size) * 0.02)
        self.to_patch = nn.Linear(size, patch * patch)

    def embed(self, x):
        return self.embedding(self.targets(x)) + self.places

    def head(self, tokens):
        return torch.sigmoid(self.to_patch(tokens))

    def targets(self, x):
        across = self.side // self.patch
        return x.view(-1, across, self.patch, across, self.patch).transpose(2, 3).reshape(-1, self.tokens, self.patch * self.patch)
