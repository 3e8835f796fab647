"""Packages that a test needs, put into a folder of its own. Exit status 77: they cannot be had."""
import shutil
import subprocess
import sys

CANNOT_BE_HAD = 77


def provide(folder, packages):
    """Installs `packages` (arguments of pip) into `folder`, unless they are there."""
    done = folder / "complete"
    if done.exists():
        return
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--target", str(folder)]
    if shutil.which("uv"):
        command = ["uv", "pip", "install", "--quiet", "--python", sys.executable, "--target",
                   str(folder)]
    if subprocess.run(command + packages).returncode != 0:
        sys.exit(CANNOT_BE_HAD)
    # The sandbox's user reads them, too.
    subprocess.run(["chmod", "-R", "a+rX", str(folder)], check=True)
    done.touch()
