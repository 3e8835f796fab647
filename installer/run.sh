#!/usr/bin/env bash
# Sets everything up (see setup.sh) and does the main job on FILE, or on a sample: in the window
# where there is a display, otherwise in this terminal.
#
# usage: installer/run.sh [FILE]
# exit status: the job's own (0 done, 1 something is left that breaks), or as setup.sh
set -euo pipefail

# shellcheck source=installer/lib.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

# Asks the display itself, as only that tells whether it can be used (a stale DISPLAY, no right).
has_display() {
    python3 - <<'PYTHON' 2>/dev/null
import ctypes, os, sys

def x11():
    xcb = ctypes.CDLL("libxcb.so.1")
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connection_has_error.argtypes = [ctypes.c_void_p]
    return xcb.xcb_connection_has_error(xcb.xcb_connect(None, None)) == 0

def wayland():
    client = ctypes.CDLL("libwayland-client.so.0")
    client.wl_display_connect.restype = ctypes.c_void_p
    return client.wl_display_connect(None) is not None

def works(variable, connects):
    try:
        return bool(os.environ.get(variable)) and connects()
    except OSError:
        return False

sys.exit(0 if works("DISPLAY", x11) or works("WAYLAND_DISPLAY", wayland) else 1)
PYTHON
}

case ${1:-} in
-h | --help)
    sed -n '2,/^set -/{/^set -/d;s/^# \{0,1\}//;p}' "${BASH_SOURCE[0]}"
    exit 0
    ;;
esac
(($# <= 1)) || die 2 "one file at a time: installer/run.sh [FILE]"
file=${1:-$ROOT/resources/demos/legacy_training.py}
# Known before gigabytes are taken.
[[ -e $file ]] || die 2 "$file does not exist"
[[ -f $file && -r $file ]] || die 2 "$file cannot be read as a file"

"$ROOT/installer/setup.sh"

bin=$ROOT/build/release/bin
if has_display; then
    say "Opening $file in the window."
    exec "$bin/torchlift" "$file"
fi
say "There is no display, so here is the same job in the terminal:"
say "  torchlift-cli migrate $file --validate"
exec "$bin/torchlift-cli" migrate "$file" --validate
