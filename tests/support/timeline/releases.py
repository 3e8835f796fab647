"""The releases that the timeline covers, and how an environment for each is made."""

import os
import pathlib
import shutil
import subprocess
import sys

import slim

# torch release: (CPython, matching torchvision)
RELEASES = {
    "1.0.0": ("3.6", "0.2.2"),
    "1.1.0": ("3.6", "0.3.0"),
    "1.2.0": ("3.6", "0.4.0"),
    "1.3.0": ("3.6", "0.4.1"),
    "1.4.0": ("3.6", "0.5.0"),
    "1.5.0": ("3.6", "0.6.0"),
    "1.6.0": ("3.6", "0.7.0"),
    "1.7.0": ("3.6", "0.8.1"),
    "1.8.0": ("3.6", "0.9.0"),
    "1.9.0": ("3.6", "0.10.0"),
    "1.10.0": ("3.6", "0.11.1"),
    "1.11.0": ("3.7", "0.12.0"),
    "1.12.0": ("3.7", "0.13.0"),
    "1.13.0": ("3.7", "0.14.0"),
    "2.0.0": ("3.11", "0.15.1"),
    "2.1.0": ("3.11", "0.16.0"),
    "2.2.0": ("3.11", "0.17.0"),
    "2.3.0": ("3.11", "0.18.0"),
    "2.4.0": ("3.11", "0.19.0"),
    "2.5.0": ("3.11", "0.20.0"),
    "2.6.0": ("3.11", "0.21.0"),
    "2.7.0": ("3.11", "0.22.0"),
    "2.8.0": ("3.11", "0.23.0"),
    "2.9.0": ("3.11", "0.24.0"),
    "2.10.0": ("3.11", "0.25.0"),
}

# What importing torch and torchvision needs besides themselves and CUDA.
OLD_NEEDS = ["numpy", "six", "tqdm", "future", "pillow<7", "typing-extensions", "dataclasses", "requests", "setuptools"]
NEW_NEEDS = ["filelock", "typing-extensions", "sympy", "networkx", "jinja2", "fsspec", "pillow", "requests",
             "setuptools<81", "packaging"]


def number(release):
    return tuple(int(part) for part in release.split("."))


def needs(release):
    if number(release) < (2,):
        return OLD_NEEDS
    return [*NEW_NEEDS, "numpy<2" if number(release) < (2, 3) else "numpy>=2"]


def interpreter(version):
    """The path of CPython `version` itself: pyenv's shims confuse uv."""
    name = f"python{version}"
    pyenv = pathlib.Path(os.environ.get("PYENV_ROOT", pathlib.Path.home() / ".pyenv"), "versions")
    for found in (*sorted(pyenv.glob(f"{version}.*/bin/{name}")), shutil.which(name)):
        if found and subprocess.run([found, "-c", ""], check=False).returncode == 0:
            return str(found)
    sys.exit(f"CPython {version} is needed; none was found with pyenv or on the PATH")


def make_environment(release, work):
    """Installs torch `release` for the CPU below `work` unless it is there; returns its folder."""
    folder = work / "environments" / release
    if (folder / "complete").exists():
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    python, torchvision = RELEASES[release]
    cache = work / "cache"  # a cache of its own, emptied each time: the wheels are gigabytes
    install = ["uv", "pip", "install", "-q", "-p", folder / "bin/python", "--cache-dir", cache]
    for command in (
        ["uv", "venv", "-q", "--cache-dir", cache, "--python", interpreter(python), folder],
        [*install, "--no-deps", f"torch=={release}", f"torchvision=={torchvision}"],
        [*install, *needs(release)],
    ):
        subprocess.run(command, check=True)
    shutil.rmtree(cache, ignore_errors=True)
    slim.slim(next(folder.glob("lib/python3*/site-packages")))
    (folder / "complete").touch()
    return folder


def variables(environment):
    """The process environment in which `environment` runs."""
    libraries = next(environment.glob("lib/python3*/site-packages/torch/lib"))  # torchvision looks for CUDA here
    return dict(os.environ, LD_LIBRARY_PATH=str(libraries), PYTHONHASHSEED="0", OMP_NUM_THREADS="1")
