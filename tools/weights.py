#!/usr/bin/env python3
"""The weights of a model zip in PyTorch, and weights of PyTorch in a model zip. Needs Python 3 with torch and numpy, nothing else.

    weights.py list MODEL.zip                       names, types and shapes
    weights.py export MODEL.zip WEIGHTS             to a state_dict (.pt), or a safetensors file (.safetensors)
    weights.py import MODEL.zip WEIGHTS NEW.zip     a copy of the model with the weights of a .pt or .safetensors file
    weights.py encode MODEL.zip ROWS.csv            codes of rows by the encoder of a dense autoencoder, run in PyTorch

Where a zip holds several networks, --entry names the folder of one in the zip.
"""
import argparse
import json
import struct
import sys
import zipfile

import numpy
import torch

MODEL, WEIGHTS = "model.json", "weights.safetensors"
TYPES = {"F64": torch.float64, "F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16, "I64": torch.int64, "I32": torch.int32,
         "U8": torch.uint8, "BOOL": torch.bool}
ACTIVATIONS = {
    "Identity": lambda x: x, "Relu": torch.relu, "LeakyRelu": lambda x: torch.nn.functional.leaky_relu(x, 0.01), "Elu": torch.nn.functional.elu,
    "Gelu": torch.nn.functional.gelu, "Silu": torch.nn.functional.silu, "Tanh": torch.tanh, "Sigmoid": torch.sigmoid,
}


def read_safetensors(data):
    """Tensors by name: a header of JSON behind its length, then the bytes that it names."""
    length = struct.unpack("<Q", data[:8])[0]
    header, start = json.loads(data[8:8 + length]), 8 + length
    tensors = {}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        begin, end = entry["data_offsets"]
        part = bytearray(data[start + begin:start + end])
        tensor = torch.frombuffer(part, dtype=TYPES[entry["dtype"]]) if part else torch.empty(0, dtype=TYPES[entry["dtype"]])
        tensors[name] = tensor.reshape(entry["shape"])
    return tensors


def write_safetensors(tensors):
    """The same the other way round."""
    names = {dtype: name for name, dtype in TYPES.items()}
    header, parts, end = {}, [], 0
    for name, tensor in tensors.items():
        tensor = tensor.detach().cpu().contiguous()
        part = tensor.reshape(-1).view(torch.uint8).numpy().tobytes() if tensor.numel() else b""
        header[name] = {"dtype": names[tensor.dtype], "shape": list(tensor.shape), "data_offsets": [end, end + len(part)]}
        parts.append(part)
        end += len(part)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + b"".join(parts)


def find_entry(archive, wanted=None):
    """The folder of the network in the zip."""
    folders = [name[:-len(WEIGHTS)] for name in archive.namelist() if name.endswith("/" + WEIGHTS)]
    if wanted is not None:
        folders = [folder for folder in folders if folder.strip("/") == wanted.strip("/")]
    if len(folders) != 1:
        sys.exit(f"The zip holds {len(folders)} such networks; name one by --entry: {[name for name in archive.namelist() if name.endswith(WEIGHTS)]}")
    return folders[0]


def read_model(path, entry=None):
    """What the model is, from model.json, and its weights: (dict, state_dict)."""
    with zipfile.ZipFile(path) as archive:
        folder = find_entry(archive, entry)
        return json.loads(archive.read(folder + MODEL)), read_safetensors(archive.read(folder + WEIGHTS))


def write_model(path, state, new_path, entry=None):
    """A copy of a model zip with other weights: of the same names and shapes; those that are left out stay as they are."""
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(new_path, "w", zipfile.ZIP_DEFLATED) as new:
        folder = find_entry(old, entry)
        tensors = read_safetensors(old.read(folder + WEIGHTS))
        for name, tensor in state.items():
            if name not in tensors:
                sys.exit(f"The network has no tensor '{name}'. Its own are {', '.join(tensors)}.")
            if tensors[name].shape != tensor.shape:
                sys.exit(f"The tensor '{name}' is {list(tensor.shape)}; expected is {list(tensors[name].shape)}.")
            tensors[name] = tensor.to(tensors[name].dtype)
        for name in old.namelist():
            new.writestr(name, write_safetensors(tensors) if name == folder + WEIGHTS else old.read(name))


class DenseAutoencoder(torch.nn.Module):
    """The network of a dense autoencoder, whose state_dict has the names of the file."""

    def __init__(self, architecture):
        super().__init__()
        if architecture["Network"]["kind"] != "dense" or architecture["Network"].get("TiedWeights"):
            sys.exit("Only dense autoencoders without tied weights are written down here.")
        sizes = [architecture["InputSize"], *(architecture["Network"]["HiddenSizes"] or []), architecture["CodeSize"]]
        hidden, last = len(sizes) - 2, architecture["Network"].get("CodeActivation", "Identity")
        self.encoder = torch.nn.ModuleList(torch.nn.Linear(a, b) for a, b in zip(sizes, sizes[1:]))
        self.decoder = torch.nn.ModuleList(torch.nn.Linear(a, b) for a, b in zip(sizes[:0:-1], sizes[-2::-1]))
        self.encoder_activations = [architecture["Activation"]] * hidden + [last]
        self.decoder_activations = [architecture["Activation"]] * hidden + [architecture["OutputActivation"]]

    @staticmethod
    def run(layers, activations, x):
        for layer, activation in zip(layers, activations):
            x = ACTIVATIONS[activation](layer(x))
        return x

    def encode(self, x):
        return self.run(self.encoder, self.encoder_activations, x)

    def forward(self, x):
        return self.run(self.decoder, self.decoder_activations, self.encode(x))


def dense_autoencoder(path, entry=None):
    """A dense autoencoder of a model zip in PyTorch, and what scales rows before it: (module, rows -> scaled rows)."""
    model, state = read_model(path, entry)
    offset, scale = state.pop("scaler.offset"), state.pop("scaler.scale")
    network = DenseAutoencoder(model["Autoencoder"]["Architecture"])
    network.load_state_dict(state)
    return network.eval(), lambda rows: (rows - offset) * scale


def load(path):
    if path.endswith(".pt"):
        return torch.load(path, map_location="cpu")
    with open(path, "rb") as file:
        return read_safetensors(file.read())


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=["list", "export", "import", "encode"])
    parser.add_argument("files", nargs="+")
    parser.add_argument("--entry")
    given = parser.parse_args()
    files = given.files
    if len(files) != {"list": 1, "export": 2, "import": 3, "encode": 2}[given.command]:
        parser.error(f"{given.command} takes other files: see above.")
    if given.command == "list":
        for name, tensor in read_model(files[0], given.entry)[1].items():
            print(name, str(tensor.dtype)[len("torch."):], list(tensor.shape))
    elif given.command == "export":
        state = read_model(files[0], given.entry)[1]
        if files[1].endswith(".pt"):
            torch.save(state, files[1])
        else:
            with open(files[1], "wb") as file:
                file.write(write_safetensors(state))
    elif given.command == "import":
        write_model(files[0], load(files[1]), files[2], given.entry)
    else:
        network, scaled = dense_autoencoder(files[0], given.entry)
        rows = torch.from_numpy(numpy.loadtxt(files[1], delimiter=",", dtype=numpy.float32, ndmin=2))
        with torch.no_grad():
            numpy.savetxt(sys.stdout, network.encode(scaled(rows)).numpy(), delimiter=",", fmt="%.9g")


if __name__ == "__main__":
    main()
