"""Puts a pytest into FOLDER that runs on CPython 3.6 as well as on 3.11.

usage: provide_pytest.py FOLDER
Nothing is done where it is there already. Exit status 77: it cannot be had.
"""
import shutil
import subprocess
import sys
from pathlib import Path

# Those that run on both; only CPython before 3.8 asks for importlib_metadata and what that needs.
PACKAGES = ["--no-deps", "pytest==7.0.1", "attrs==22.2.0", "iniconfig==1.1.1", "packaging==21.3",
            "pluggy==1.0.0", "py==1.11.0", "pyparsing==3.0.7", "tomli==1.2.3",
            "importlib-metadata==4.8.3", "zipp==3.6.0", "typing-extensions==4.1.1"]
CANNOT_BE_HAD = 77


def main():
    folder = Path(sys.argv[1])
    done = folder / "complete"
    if done.exists():
        return
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--target", str(folder)]
    if shutil.which("uv"):
        command = ["uv", "pip", "install", "--quiet", "--python", sys.executable, "--target",
                   str(folder)]
    if subprocess.run(command + PACKAGES).returncode != 0:
        sys.exit(CANNOT_BE_HAD)
    subprocess.run(["chmod", "-R", "a+rX", str(folder)], check=True)  # the sandbox's user reads it
    done.touch()


if __name__ == "__main__":
    main()
