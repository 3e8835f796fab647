#!/usr/bin/env python3
"""Compiles the examples of resources/project/native.yaml against the headers of both torch versions.

    measure_native.py [ID...]

An example that is marked `compiled` has to compile in 1.0.0, and in 2.7.0 to fail (effect: breaks)
or to be warned of (warns). One marked `pre-source` fails in 1.0.0 already. Those marked `cuda` need
the headers of CUDA and are passed over. Takes about ten seconds each. Exit: 0 all as stated, 1 one
is not, 77 an environment or the compiler is missing.
"""
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml

from interpreters import SKIPPED, SOURCE, TARGET, default_home, missing_environments

ROOT = Path(__file__).resolve().parents[2]


def python_headers(environment):
    code = "import sysconfig; print(sysconfig.get_paths()['include'])"
    return subprocess.run([str(environment / "bin" / "python"), "-c", code], check=True,
                          stdout=subprocess.PIPE).stdout.decode().strip()


def flags(environment, where, standard):
    include = next(environment.glob(f"lib/python*/site-packages/torch/{where}"))
    return [f"-I{include}", f"-I{include}/torch/csrc/api/include",
            f"-I{python_headers(environment)}", f"-std={standard}", "-D_GLIBCXX_USE_CXX11_ABI=0"]


def header_of(example):
    if example.startswith("#include"):
        return ""
    return "#include <torch/torch.h>\n" if "torch::nn" in example else "#include <torch/extension.h>\n"


def compile_example(example, options):
    """"ok", "warns" or "fails"."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "example.cpp"
        source.write_text(header_of(example) + example + "\n")
        done = subprocess.run(["g++", "-fsyntax-only", *options, str(source)],
                              stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    if done.returncode != 0:
        return "fails"
    told = re.search(rb"example\.cpp:\d+:\d+: warning: .*deprecated", done.stderr)
    return "warns" if told else "ok"


def main():
    environments = default_home() / "environments"
    if missing_environments(environments) or not shutil.which("g++"):
        print("skipped: an environment or g++ is missing")
        return SKIPPED
    old = flags(environments / f"torch-{SOURCE}", "lib/include", "c++11")
    new = flags(environments / f"torch-{TARGET}", "include", "c++17")
    tokens = yaml.safe_load((ROOT / "resources/project/native.yaml").read_text())["tokens"]
    wrong = 0
    for token in tokens:
        if token["measured"] == "cuda" or (sys.argv[1:] and token["id"] not in sys.argv[1:]):
            continue
        before = compile_example(token["example"], old)
        after = compile_example(token["example"], new)
        wanted = ("fails" if token["measured"] == "pre-source" else "ok",
                  {"breaks": "fails", "warns": "warns"}[token["effect"]])
        is_right = (before, after) == wanted
        wrong += not is_right
        print(f"{'' if is_right else 'WRONG '}{token['id']}: {before} in {SOURCE}, {after} in {TARGET}",
              flush=True)
    print(f"{wrong} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
