#!/usr/bin/env python3
"""Run a command beside a vector engine that is started for it on loopback, and stopped after it.

usage: run_with_engine.py milvus|qdrant COMMAND...

  milvus  a real Milvus 2.3.5, with users switched on, in a network of its own: it listens on all
          interfaces
  qdrant  Qdrant's REST interface in front of qdrant-client's local mode (qdrant_front.py): there is
          no server to be had from a package index

The command finds TORCHLIFT_TEST_ENGINE (an address without the collection's name),
TORCHLIFT_TEST_ENGINE_SUFFIX (what follows the name) and TORCHLIFT_TEST_ENGINE_KEY. The engine's
environment is made below the cache folder when it is missing. Exit status: the command's; 77
without TORCHLIFT_TEST_SERVERS=1, or where the engine cannot be installed or started.
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "benchmarks"))
import peers  # noqa: E402

REQUIREMENTS = {"milvus": ["milvus==2.3.5"], "qdrant": ["qdrant-client==1.20.0"]}
PASSWORD = "Milvus"  # of a new server's root
PROXY_PORT, ADMIN_PORT = 19530, 9091
IN_OWN_NETWORK = "TORCHLIFT_IN_OWN_NETWORK"


def skip(reason):
    print(f"skipped: {reason}")
    sys.exit(77)


def environment(engine):
    """The folder of an environment with the engine in it."""
    folder = peers.environment_folder().parent / f"engine-{engine}"
    stamp = folder / ".requirements"
    wanted = "\n".join(REQUIREMENTS[engine])
    if stamp.exists() and stamp.read_text() == wanted:
        return folder
    uv = shutil.which("uv", path=f"{peers.data_folder() / 'tools'}:{os.environ['PATH']}")
    if uv is None:
        skip("uv is missing")
    try:
        subprocess.run([uv, "venv", "--quiet", "--no-project", "--clear", str(folder)], check=True,
                       timeout=120)
        subprocess.run([uv, "pip", "install", "--quiet", "--python", str(folder / "bin/python"),
                        *REQUIREMENTS[engine]], check=True, timeout=600)
    except (subprocess.SubprocessError, OSError) as error:
        skip(f"{engine} cannot be installed: {error}")
    stamp.write_text(wanted)
    return folder


def enter_own_network(folder):
    """Starts this script again as the first process of a network with nothing but loopback."""
    namespaces = ["unshare", "--net", "--pid", "--fork", "--kill-child", "--mount-proc"]
    if os.geteuid() != 0:
        namespaces.append("--map-root-user")
    if subprocess.run([*namespaces, "true"], check=False, capture_output=True).returncode != 0:
        skip("this system gives no network namespace")
    os.environ[IN_OWN_NETWORK] = str(folder)
    return subprocess.run([*namespaces, sys.executable, *sys.argv], check=False).returncode


def is_ready(address):
    try:
        with urllib.request.urlopen(address, timeout=2) as answer:
            return answer.read().strip() == b"OK"
    except OSError:
        return False


def run_milvus(folder, data, command):
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    with open(pathlib.Path(data, "log"), "wb") as log:
        subprocess.Popen([folder / "bin/python", folder / "bin/milvus-server", "--data", data,
                          "--proxy-port", str(PROXY_PORT), "--authorization-enabled", "True"],
                         stdout=log, stderr=log)
    deadline = time.monotonic() + 90
    while not is_ready(f"http://127.0.0.1:{ADMIN_PORT}/healthz"):
        if time.monotonic() > deadline:
            skip("Milvus does not become ready")
        time.sleep(0.5)
    os.environ.update(TORCHLIFT_TEST_ENGINE=f"milvus://127.0.0.1:{PROXY_PORT}/",
                      TORCHLIFT_TEST_ENGINE_SUFFIX=f"?admin={ADMIN_PORT}",
                      TORCHLIFT_TEST_ENGINE_KEY=f"root:{PASSWORD}")
    return subprocess.run(command, check=False).returncode  # the server ends with the namespace


def run_qdrant(folder, command):
    key = "a-key-of-the-test"
    front = subprocess.Popen([folder / "bin/python", HERE / "qdrant_front.py", "--key", key],
                             stdout=subprocess.PIPE, text=True)
    try:
        port = front.stdout.readline().strip()
        if not port:
            skip("the Qdrant front does not start")
        os.environ.update(TORCHLIFT_TEST_ENGINE=f"qdrant://127.0.0.1:{port}/",
                          TORCHLIFT_TEST_ENGINE_SUFFIX="", TORCHLIFT_TEST_ENGINE_KEY=key)
        return subprocess.run(command, check=False).returncode
    finally:
        front.kill()
        front.wait()


def main(arguments):
    if len(arguments) < 2 or arguments[0] not in REQUIREMENTS:
        print(__doc__, file=sys.stderr)
        return 2
    engine, *command = arguments
    if os.environ.get("TORCHLIFT_TEST_SERVERS") != "1":
        skip("TORCHLIFT_TEST_SERVERS=1 asks for it (installer/test.sh --with-servers)")
    if engine == "qdrant":
        return run_qdrant(environment(engine), command)
    if IN_OWN_NETWORK not in os.environ:
        return enter_own_network(environment(engine))
    with tempfile.TemporaryDirectory(prefix="milvus-", ignore_cleanup_errors=True) as data:
        return run_milvus(pathlib.Path(os.environ[IN_OWN_NETWORK]), data, command)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
