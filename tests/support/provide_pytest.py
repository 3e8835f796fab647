"""Puts a pytest into FOLDER that runs on CPython 3.6 as well as on 3.11.

usage: provide_pytest.py FOLDER
Nothing is done where it is there already. Exit status 77: it cannot be had.
"""
import sys
from pathlib import Path

from packages import provide

# Those that run on both; only CPython before 3.8 asks for importlib_metadata and what that needs.
PACKAGES = ["--no-deps", "pytest==7.0.1", "attrs==22.2.0", "iniconfig==1.1.1", "packaging==21.3",
            "pluggy==1.0.0", "py==1.11.0", "pyparsing==3.0.7", "tomli==1.2.3",
            "importlib-metadata==4.8.3", "zipp==3.6.0", "typing-extensions==4.1.1"]

def main():
    provide(Path(sys.argv[1]), PACKAGES)


if __name__ == "__main__":
    main()
