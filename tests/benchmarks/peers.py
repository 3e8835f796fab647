"""The programs we compare ourselves with, in a virtual environment of their own.

Importing this module's `enter()` into a script and calling it first makes that environment where it
is missing (pinned versions; below the cache folder, or where TORCHLIFT_PEERS says) and starts the
script again inside it. Nothing of TorchLift needs it.
"""
import os
import pathlib
import shutil
import subprocess
import sys

REQUIREMENTS = [
    "torch==2.7.0", "numpy==2.2.6", "sentence-transformers==4.1.0", "transformers==4.52.4",
    "tokenizers==0.21.4", "safetensors==0.8.0", "sentencepiece==0.2.0", "protobuf==6.31.1",
    "faiss-cpu==1.11.0", "hnswlib==0.8.0",
]
# A server of its own: what it requires gets in nobody's way.
CHROMA = ["chromadb==1.5.9"]
ROOT = pathlib.Path(__file__).resolve().parents[2]


def data_folder():
    if home := os.environ.get("TORCHLIFT_HOME"):
        return pathlib.Path(home, "data")
    return pathlib.Path(os.environ.get("XDG_DATA_HOME") or pathlib.Path.home() / ".local/share",
                        "torchlift")


def environment_folder():
    if chosen := os.environ.get("TORCHLIFT_PEERS"):
        return pathlib.Path(chosen)
    if home := os.environ.get("TORCHLIFT_HOME"):
        return pathlib.Path(home, "cache/peers")
    return pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache",
                        "torchlift/peers")


def make(folder, requirements):
    uv = shutil.which("uv", path=f"{data_folder() / 'tools'}:{os.environ['PATH']}")
    if uv is None:
        sys.exit("uv is missing: run installer/setup.sh")
    stamp = folder / ".requirements"
    wanted = "\n".join(requirements)
    if stamp.exists() and stamp.read_text() == wanted:
        return
    print(f"making {folder} (some minutes and gigabytes the first time)", file=sys.stderr)
    base = data_folder() / "environments/torch-2.7.0/bin/python"
    subprocess.run([uv, "venv", "--quiet", "--no-project", "--clear", "--python",
                    str(base if base.exists() else sys.executable), str(folder)], check=True)
    # hnswlib is compiled for this very processor, so that the comparison is a fair one.
    subprocess.run([uv, "pip", "install", "--quiet", "--python", str(folder / "bin/python"),
                    *requirements], check=True)
    stamp.write_text(wanted)


def enter():
    """Goes on inside the environment, one thread for everybody."""
    folder = environment_folder()
    for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = "1"
    os.environ.update(HF_HUB_OFFLINE="1", TRANSFORMERS_OFFLINE="1", TOKENIZERS_PARALLELISM="false",
                      TRANSFORMERS_VERBOSITY="error")
    if pathlib.Path(sys.prefix) == folder:
        return
    make(folder, REQUIREMENTS)
    python = str(folder / "bin/python")
    os.execv(python, [python, *sys.argv])


def build_folder(argument):
    """Where our programs are: below the build folder that is given, or below the newest."""
    if argument:
        given = pathlib.Path(argument)
        return given / "bin" if (given / "bin").is_dir() else given
    found = sorted(ROOT.glob("build/*/bin/embedding_probe"), key=lambda f: f.stat().st_mtime)
    if not found:
        sys.exit("build embedding_probe first (cmake --build --preset ci --target embedding_probe)")
    return found[-1].parent
