# shellcheck shell=bash
# Finding interpreters for the two environments.

# Prints "MINOR PATH" of a CPython 3 that runs: the real interpreter behind shims, links and
# virtual environments.
describe_python() { # CANDIDATE
    "$1" -I -c '
import os, platform, sys
assert platform.python_implementation() == "CPython" and sys.version_info[0] == 3
minor = sys.version_info[1]
base = os.path.join(sys.base_prefix, "bin", "python3.%d" % minor)
print(minor, os.path.realpath(base if os.path.exists(base) else sys.executable))' \
        </dev/null 2>/dev/null
}

# Prints the first candidate of the given minor version.
first_python_of() { # MINOR CANDIDATE...
    local wanted=$1 candidate minor path
    shift
    for candidate in "$@"; do
        [[ -x $candidate ]] || continue
        read -r minor path < <(describe_python "$candidate") || continue
        if [[ $minor == "$wanted" && -x $path ]]; then
            printf '%s\n' "$path"
            return 0
        fi
    done
    return 1
}

# Where a Python 3.MINOR may be: PATH, pyenv by real path, conda and its environments, /opt.
python_candidates() { # MINOR
    local name=python3.$1 folder
    # The system's own first: any user of the machine can read it.
    [[ ! -x /usr/bin/$name ]] || printf '%s\n' "/usr/bin/$name"
    type -ap "$name" || true
    for folder in "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3."$1"* "${CONDA_PREFIX:-/nowhere}" \
        "${MAMBA_ROOT_PREFIX:-$HOME/micromamba}"/envs/* \
        "$HOME"/{miniconda3,anaconda3,miniforge3,mambaforge,.conda}{,/envs/*} \
        /opt/{conda,miniconda3,anaconda3}{,/envs/*} /opt/python*; do
        [[ ! -x $folder/bin/$name ]] || printf '%s\n' "$folder/bin/$name"
    done
}

find_python() { # GIVEN MINOR...: the given one, or the first there is, in the order of the minors
    local given=$1 minor candidates
    shift
    for minor in "$@"; do
        if [[ -n $given ]]; then
            candidates=("$given")
        else
            mapfile -t candidates < <(python_candidates "$minor")
        fi
        first_python_of "$minor" "${candidates[@]}" && return 0
    done
    return 1
}

# torch 1.0.0 has wheels for these; `cuda(async=True)` is a syntax error from 3.7 on.
find_old_python() { find_python "${TORCHLIFT_PYTHON_OLD:-}" 6 7; }

find_new_python() { find_python "${TORCHLIFT_PYTHON_NEW:-}" 11 12 13 10 9; }

warn_no_old_python() {
    if [[ -n ${TORCHLIFT_PYTHON_OLD:-} ]]; then
        warn "TORCHLIFT_PYTHON_OLD=$TORCHLIFT_PYTHON_OLD is not a CPython 3.6 or 3.7 that runs."
    else
        warn "no CPython 3.6 or 3.7 was found, and torch 1.0.0 runs on no other."
    fi
    say "  TorchLift migrates without it, but cannot run old code in torch 1.0.0. One of these gets one:
      pyenv install 3.6.15
      conda create -n python36 python=3.6
  or set TORCHLIFT_PYTHON_OLD to an interpreter. Then: installer/setup.sh --only environments"
}

no_new_python() {
    die 3 "no CPython 3.9 to 3.13 was found for torch 2.7.0${TORCHLIFT_PYTHON_NEW:+ (TORCHLIFT_PYTHON_NEW=$TORCHLIFT_PYTHON_NEW does not do)}." \
        "On Debian: apt-get install python3"
}
