# shellcheck shell=bash
# What setup.sh, run.sh and test.sh share.

# shellcheck disable=SC2034 # used by those that read this file
ROOT=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)

home_folder() { getent passwd "$(id -u)" | cut -d: -f6; }

# The same rules as core/settings/paths.h: a relative XDG_DATA_HOME is ignored.
data_folder() {
    local home=${HOME:-$(home_folder)}
    if [[ ${TORCHLIFT_HOME:-} == /* ]]; then
        realpath -ms -- "$TORCHLIFT_HOME/data"
    elif [[ ${XDG_DATA_HOME:-} == /* ]]; then
        realpath -ms -- "$XDG_DATA_HOME/torchlift"
    else
        realpath -ms -- "$home/.local/share/torchlift"
    fi
}

say() { printf '%s\n' "$*" >&2; }

warn() { printf 'warning: %s\n' "$*" >&2; }

# die STATUS MESSAGE: 2 wrong use, 3 a part is missing, 4 our own mistake.
die() {
    local status=$1
    shift
    printf 'error: %s\n' "$*" >&2
    exit "$status"
}
