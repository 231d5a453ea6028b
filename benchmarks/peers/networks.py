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


class Variational(nn.Module):
    """Grey pixels as probabilities; the loss is the negative evidence lower bound."""

    def __init__(self, width, hidden, latent):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(width, hidden), nn.ReLU(), nn.Linear(hidden, 2 * latent))
        self.decoder = nn.Sequential(nn.Linear(latent, hidden), nn.ReLU(), nn.Linear(hidden, width))

    def loss(self, x):
        mean, log_variance = self.encoder(x).chunk(2, 1)
        latents = mean + (log_variance / 2).exp() * torch.randn_like(mean)
        errors = F.binary_cross_entropy_with_logits(self.decoder(latents), x, reduction="sum")
        return (errors + (mean.square() + log_variance.exp() - log_variance - 1).sum() / 2) / len(x)


class MovingAverage:
    """Weights that follow those of a network, with which rows are drawn; no part of what is trained."""

    def __init__(self, network, decay=0.999):
        self.pairs = [(value.clone(), value) for value in network.state_dict().values() if value.is_floating_point()]
        self.decay, self.steps = decay, 0

    @torch.no_grad()
    def update(self):
        share = 1 - min(self.decay, (1 + self.steps) / (10 + self.steps))
        self.steps += 1
        for average, value in self.pairs:
            average.lerp_(value, share)


class Adversarial(nn.Module):
    """A DCGAN of grey images whose side is a multiple of 4, told their class: one loss, whose parts move one player each."""

    def __init__(self, side, filters, kernel, latent, classes):
        super().__init__()
        (first, second), rest = filters, side // 4
        half = {"kernel_size": kernel, "stride": 2, "padding": kernel // 2}
        self.side, self.latent, self.classes = side, latent, classes
        self.generator = nn.Sequential(
            nn.Linear(latent + classes, second * rest * rest), nn.Unflatten(1, (second, rest, rest)), nn.BatchNorm2d(second), nn.ReLU(),
            nn.ConvTranspose2d(second, first, output_padding=1, bias=False, **half), nn.BatchNorm2d(first), nn.ReLU(),
            nn.ConvTranspose2d(first, 1, output_padding=1, **half), nn.Sigmoid())
        self.discriminator = nn.Sequential(
            nn.Conv2d(1, first, **half), nn.LeakyReLU(0.2), nn.Conv2d(first, second, **half), nn.LeakyReLU(0.2),
            nn.Flatten(), nn.Linear(second * rest * rest, 1 + classes))
        self.average = MovingAverage(self.generator)

    def judge(self, images, classes):
        values = self.discriminator(images)
        return values[:, 0] + values.gather(1, classes[:, None] + 1)[:, 0]

    def loss(self, x):
        self.average.update()
        real, classes = x[:, :-1].view(-1, 1, self.side, self.side).requires_grad_(), x[:, -1].long()
        generated = self.generator(torch.cat([torch.randn(len(x), self.latent), F.one_hot(classes, self.classes)], 1))
        real_values, generated_values = self.judge(real, classes), self.judge(generated.detach(), classes)
        slopes, = torch.autograd.grad(real_values.sum(), real, create_graph=True)
        penalty = slopes.square().sum((1, 2, 3)).mean() / 2
        of_discriminator = F.softplus(-real_values).mean() + F.softplus(generated_values).mean() + penalty
        self.discriminator.requires_grad_(False)
        of_generator = F.softplus(-self.judge(generated, classes)).mean()
        self.discriminator.requires_grad_(True)
        return of_discriminator + of_generator


class Residual(nn.Module):
    """Two convolutions, told of time and class between them, whose result is added to what came in."""

    def __init__(self, inputs, outputs, embedding):
        super().__init__()
        self.first = nn.Sequential(nn.GroupNorm(8, inputs), nn.SiLU(), nn.Conv2d(inputs, outputs, 3, padding=1))
        self.condition = nn.Linear(embedding, outputs)
        self.second = nn.Sequential(nn.GroupNorm(8, outputs), nn.SiLU(), nn.Conv2d(outputs, outputs, 3, padding=1))
        self.shortcut = nn.Identity() if inputs == outputs else nn.Conv2d(inputs, outputs, 1)

    def forward(self, x, told):
        return self.shortcut(x) + self.second(self.first(x) + self.condition(told)[:, :, None, None])


class Diffusion(nn.Module):
    """A U-Net of two sizes over patches of grey images; it learns the velocity at random times of a cosine schedule."""

    def __init__(self, side, patch, filters, embedding, classes, steps=1000, waves=32, class_dropout=0.1):
        super().__init__()
        (first, second), pixels = filters, patch * patch
        self.side, self.patch, self.classes, self.steps, self.class_dropout = side, patch, classes, steps, class_dropout
        self.frequencies = 1000 * torch.exp(-math.log(10_000) * torch.arange(waves) / waves)
        self.time = nn.Sequential(nn.Linear(2 * waves, embedding), nn.SiLU(), nn.Linear(embedding, embedding))
        self.label = nn.Embedding(classes + 1, embedding)
        self.entry = nn.Conv2d(pixels, first, 3, padding=1)
        self.down, self.halve = Residual(first, first, embedding), nn.Conv2d(first, second, 3, stride=2, padding=1)
        self.before, self.after = Residual(second, second, embedding), Residual(second, second, embedding)
        self.widen, self.up = nn.Conv2d(second, first, 1), Residual(2 * first, first, embedding)
        self.exit = nn.Sequential(nn.GroupNorm(8, first), nn.SiLU(), nn.Conv2d(first, pixels, 3, padding=1))
        self.average = MovingAverage(self)
        left = ((torch.arange(steps + 1) / steps + 0.008) / 1.008 * math.pi / 2).cos().square()
        left = (left[1:] / left[:-1]).clamp(min=0.001).cumprod(0)
        self.signal, self.level = left.sqrt(), (1 - left).sqrt()

    def forward(self, images, places, classes):
        angles = places[:, None] * self.frequencies
        told = F.silu(self.time(torch.cat([angles.sin(), angles.cos()], 1)) + self.label(classes))
        skipped = self.down(self.entry(F.pixel_unshuffle(images, self.patch)), told)
        x = self.after(self.before(self.halve(skipped), told), told)
        x = self.up(torch.cat([F.interpolate(self.widen(x), size=skipped.shape[2:]), skipped], 1), told)
        return F.pixel_shuffle(self.exit(x), self.patch)

    def loss(self, x):
        self.average.update()
        images, classes = x[:, :-1].view(-1, 1, self.side, self.side) * 2 - 1, x[:, -1].long()
        classes = torch.where(torch.rand(len(x)) < self.class_dropout, self.classes, classes)
        times = ((torch.rand(1) + torch.arange(len(x)) / len(x)).frac() * self.steps).long()
        signal, level = (levels[times].view(-1, 1, 1, 1) for levels in (self.signal, self.level))
        noise = torch.randn_like(images)
        velocity = self(signal * images + level * noise, times / self.steps, classes)
        return F.mse_loss(velocity, signal * noise - level * images)


class Translation(nn.Module):
    """A transformer from tokens to tokens, all of one vocabulary whose vectors are the output's weights too; rows of a source and a target."""

    def __init__(self, vocabulary, length, width, heads, layers, hidden, dropout, smoothing, begin=1, end=2):
        super().__init__()
        self.length, self.smoothing, self.begin, self.end = length, smoothing, begin, end
        self.vectors, self.dropout = nn.Embedding(vocabulary, width), nn.Dropout(dropout)
        nn.init.normal_(self.vectors.weight, std=width ** -0.5)
        self.transformer = nn.Transformer(width, heads, layers, layers, hidden, dropout, norm_first=True, batch_first=True)
        angles = torch.arange(length + 1)[:, None] * 10_000.0 ** (-torch.arange(0, width, 2) / width)
        self.places = torch.cat([angles.sin(), angles.cos()], 1)
        self.ahead = self.transformer.generate_square_subsequent_mask(length + 1)

    def embed(self, tokens):
        return self.dropout(self.vectors(tokens) * self.vectors.embedding_dim ** 0.5 + self.places[:tokens.shape[1]])

    def loss(self, x):
        source, target = (F.pad(tokens, (0, 1), value=self.end) for tokens in x.long().split(self.length, 1))
        shifted = F.pad(target[:, :-1], (1, 0), value=self.begin)
        states = self.transformer(self.embed(source), self.embed(shifted), tgt_mask=self.ahead)
        return F.cross_entropy((states @ self.vectors.weight.t()).flatten(0, 1), target.flatten(), label_smoothing=self.smoothing)

    @torch.no_grad()
    def beam(self, source, padding, beams):
        """The best translations of sources, all as long as the longest: the decoder reads the whole beginning again for every further token."""
        count, vocabulary = len(source), len(self.vectors.weight)
        memory = self.transformer.encoder(self.embed(source), src_key_padding_mask=padding).repeat_interleave(beams, 0)
        padding = padding.repeat_interleave(beams, 0)
        tokens = torch.full([count * beams, 1], self.begin)
        scores = torch.full([count, beams], -torch.inf)
        scores[:, 0] = 0  # all beams begin alike
        for length in range(1, source.shape[1] + 1):
            states = self.transformer.decoder(self.embed(tokens), memory, tgt_mask=self.ahead[:length, :length], memory_key_padding_mask=padding)
            following = (states[:, -1] @ self.vectors.weight.t()).log_softmax(1)
            following[:, self.end] = -torch.inf
            scores, best = (scores.view(-1, 1) + following).view(count, -1).topk(beams, 1)
            origin = best // vocabulary + beams * torch.arange(count)[:, None]
            tokens = torch.cat([tokens[origin.flatten()], (best % vocabulary).view(-1, 1)], 1)
        return tokens.view(count, beams, -1)[:, 0, 1:]
