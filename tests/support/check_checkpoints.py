#!/usr/bin/env python3
"""`torchlift-cli checkpoint` on files that both releases really saved.

usage: check_checkpoints.py TORCHLIFT_CLI
exit status 77 when an environment is missing
"""
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from interpreters import SKIPPED, SOURCE, TARGET, default_home, missing_environments

MODEL = '''\
import torch


class Net(torch.nn.Module):
    def __init__(self, width):
        super(Net, self).__init__()
        self.first = torch.nn.Linear(5, width)
        self.norm = torch.nn.BatchNorm1d(width)
        self.last = torch.nn.Linear(width, 2)

    def forward(self, x):
        return torch.sigmoid(self.last(torch.relu(self.norm(self.first(x)))))
'''

# Run in a folder that holds MODEL as model.py. A tar is what torch wrote before 0.1.10; no release
# at hand still writes one, so it is put together here as torch.load reads it.
SAVE = '''\
import collections, pickle, struct, sys, tarfile
import torch
from model import Net

prefix = sys.argv[1]
torch.manual_seed(0)
net = Net(4)
torch.save(net.state_dict(), prefix + "_state.pth")
torch.save(net, prefix + "_whole.pt")
mask = torch.tensor([1.0, -1.0]) > 0
torch.save({"epoch": 3, "model": net.state_dict(), "mask": mask,
            "half": torch.ones(2, 3).half(), "order": collections.OrderedDict(a=[torch.ones(1)])},
           prefix + "_training.pth")


class Pickler(pickle.Pickler):
    def persistent_id(self, value):
        return "7" if isinstance(value, torch.Tensor) else None


if prefix == "old":
    tensor = torch.arange(6.0).view(2, 3)
    storage = tensor.storage()
    with open("storages", "wb") as file:
        pickle.dump(1, file, 2)
        pickle.dump((1, "cpu", torch.FloatStorage), file, 2)
        file.flush()
        storage._write_file(file, True)
        file.seek(0, 2)
        pickle.dump([], file, 2)
    with open("tensors", "wb") as file:
        pickle.dump(1, file, 2)
        pickle.dump((7, 1, torch.FloatTensor), file, 2)
        file.write(struct.pack("<ii2q2qq", 2, 0, 2, 3, 3, 1, 0))
    with open("pickle", "wb") as file:
        Pickler(file, 2).dump({"weight": tensor})
    with open("sys_info", "wb") as file:
        pickle.dump({"protocol_version": 1000, "little_endian": True,
                     "type_sizes": {"short": 2, "int": 4, "long": 4}}, file, 2)
    with tarfile.open("old_tar.pth", "w", format=tarfile.PAX_FORMAT) as archive:
        for name in ("sys_info", "pickle", "tensors", "storages"):
            archive.add(name)
'''


class Check:
    def __init__(self, cli, folder):
        self._cli = cli
        self._folder = folder
        self.wrong = 0

    def look(self, file, *options):
        command = [self._cli, "checkpoint", file, "--json", "-"] + list(options)
        done = subprocess.run(command, cwd=str(self._folder), stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True, timeout=300, check=False)
        self.status = done.returncode
        if done.returncode not in (0, 1):
            self.wrong += 1
            print("WRONG  %s: %s" % (file, done.stderr.strip()))
            return None
        return json.loads(done.stdout)

    def that(self, name, is_so, seen=""):
        self.wrong += not is_so
        print("%s  %s%s" % ("ok   " if is_so else "WRONG", name, "" if is_so else ": %s" % (seen,)))


def shapes(load):
    return {entry["key"]: (entry["dtype"], entry["shape"]) for entry in load["entries"]}


def check_all(check):
    weights = {"first.weight": ("float32", [4, 5]), "norm.num_batches_tracked": ("int64", []),
               "last.bias": ("float32", [2])}
    for release in ("old", "new"):
        saved = release + " state dict"
        seen = check.look(release + "_state.pth", "--model-code", "model.py", "--model", "Net(4)")
        loads = seen["loads"]
        check.that(saved + ": form", seen["format"] == {"old": "legacy", "new": "zip"}[release],
                   seen["format"])
        check.that(saved + ": needed globals",
                   {"collections.OrderedDict", "torch._utils._rebuild_tensor_v2",
                    "torch.FloatStorage"} <= set(seen["globals"]), seen["globals"])
        check.that(saved + ": torch 2.7.0 loads it", loads[1]["error"] == "", loads[1]["error"])
        check.that(saved + ": keys, dtypes, shapes",
                   weights.items() <= shapes(loads[1]).items(), shapes(loads[1]))
        check.that(saved + ": weights_only", loads[1]["weightsOnly"] == "accepted",
                   loads[1]["weightsOnlyReason"])
        check.that(saved + ": torch 1.0.0 has no weights_only",
                   loads[0]["weightsOnly"] == "not-known")
        if release == "old":
            check.that(saved + ": same in both", shapes(loads[0]) == shapes(loads[1])
                       and seen["differences"] == [] and check.status == 0, seen["differences"])
            check.that(saved + ": same output for the same input",
                       loads[0]["hasOutput"] and loads[0]["outputShape"] == [2, 2]
                       and loads[0]["inputShape"] == [2, 5], loads[0]["outputError"])
        else:
            check.that(saved + ": torch 1.0.0 does not read a zip", loads[0]["error"] != "")

    seen = check.look("old_whole.pt", "--model-code", "model.py", "--input", "3,5")
    loads = seen["loads"]
    check.that("whole model: its class is needed", "model.Net" in seen["globals"], seen["globals"])
    check.that("whole model: weights_only refuses it", loads[1]["weightsOnly"] == "refused"
               and "Net" in loads[1]["weightsOnlyReason"] and check.status == 1, loads[1])
    check.that("whole model: both load it", [load["className"] for load in loads]
               == ["model.Net"] * 2 and loads[0]["isModule"], loads)
    check.that("whole model: same output for the given input",
               loads[1]["inputShape"] == [3, 5] and loads[1]["outputShape"] == [3, 2]
               and loads[0]["hasOutput"] and seen["differences"] == [], seen["differences"])
    seen = check.look("old_whole.pt")
    check.that("whole model without its class: said so",
               "model" in seen["loads"][0]["error"] and "model" in seen["loads"][1]["error"],
               seen["loads"])

    seen = check.look("old_training.pth", "--model-code", "model.py", "--model", "Net(4)")
    entries = shapes(seen["loads"][1])
    check.that("checkpoint of a training: nested keys",
               entries.get("model.last.weight") == ("float32", [2, 4])
               and entries.get("half") == ("float16", [2, 3])
               and entries.get("mask") == ("uint8", [2]) and "epoch" in entries
               and entries.get("order.a[0]") == ("float32", [1]), entries)
    check.that("checkpoint of a training: same in both, with output",
               seen["differences"] == [] and seen["loads"][0]["hasOutput"], seen["differences"])

    seen = check.look("old_tar.pth")
    check.that("tar of 2016: form", seen["format"] == "tar", seen["format"])
    check.that("tar of 2016: torch 1.0.0 loads it",
               shapes(seen["loads"][0]) == {"weight": ("float32", [2, 3])}, seen["loads"][0])
    check.that("tar of 2016: torch 2.7.0 loads it", seen["loads"][1]["error"] == ""
               and shapes(seen["loads"][1]) == shapes(seen["loads"][0])
               and seen["differences"] == [], (seen["loads"][1], seen["differences"]))
    check.that("tar of 2016: weights_only refuses it",
               seen["loads"][1]["weightsOnly"] == "refused", seen["loads"][1]["weightsOnly"])

    for name in ("damaged", "empty", "text"):
        seen = check.look(name + ".pth")
        check.that(name + " file: does not load, and says so",
                   seen and all(load["error"] for load in seen["loads"]) and check.status == 1, seen)
    seen = check.look("evil.pth")
    check.that("a pickle that runs a program: named, and nothing of it reaches outside",
               any("system" in name for name in seen["globals"])
               and not (check._folder / "reached").exists(), seen["globals"])


def make_files(folder, environments):
    (folder / "model.py").write_text(MODEL)
    (folder / "save.py").write_text(SAVE)
    for version, prefix in ((SOURCE, "old"), (TARGET, "new")):
        python = environments / ("torch-" + version) / "bin" / "python"
        subprocess.run([str(python), "save.py", prefix], cwd=str(folder), check=True, timeout=300)
    state = (folder / "old_state.pth").read_bytes()
    (folder / "damaged.pth").write_bytes(state[:len(state) // 2])
    (folder / "empty.pth").write_bytes(b"")
    (folder / "text.pth").write_text("this is not a checkpoint\n")
    reached = str(folder / "reached").encode()
    (folder / "evil.pth").write_bytes(b"cposix\nsystem\n(S'touch " + reached + b"'\ntR.")


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    environments = default_home() / "environments"
    missing = missing_environments(environments)
    if missing:
        print("skipped: no environment of torch " + ", ".join(missing))
        return SKIPPED
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_files(folder, environments)
        check = Check(str(Path(sys.argv[1]).resolve()), folder)
        check_all(check)
    print("%d wrong" % check.wrong)
    return 1 if check.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
