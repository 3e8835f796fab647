#!/bin/sh
# Runs a command as root on a kernel of its own that has control groups of version 2 only:
# User-Mode Linux (Debian's user-mode-linux) over the host's files, read-only, /tmp in memory.
#   cgroup2.sh COMMAND...
set -eu
if [ -n "${CGROUP2_FOLDER:-}" ]; then # as the first process of that kernel
    command=$(cat "$CGROUP2_FOLDER/command")
    mount -t proc proc /proc
    mount -t sysfs sys /sys
    mount -t cgroup2 none /sys/fs/cgroup
    mount -t tmpfs -o mode=1777 none /tmp
    mount -t devpts none /dev/pts 2>/dev/null || true
    ip link set lo up
    # As systemd does for all its slices.
    echo +memory >/sys/fs/cgroup/cgroup.subtree_control
    status=0
    TORCHLIFT_TEST_NEEDS_CGROUP2=1 LC_ALL=C.UTF-8 sh -c "$command" || status=$?
    echo "status $status"
    exec halt -f
fi
kernel=${LINUX_UML:-$(command -v linux.uml || true)}
python=$(command -v python3 || true)
if [ -z "$kernel" ] || [ -z "$python" ]; then
    echo "SKIP   : no user-mode-linux or python3: whole test program"
    exit 0
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
echo "cd $PWD && $*" >"$folder/command"
# It takes the host's extended processor state for smaller than newer processors have it; told
# that there is none, it takes the old, small one.
"$python" - "$kernel" mem="${CGROUP2_MEMORY:-2G}" root=/dev/root rootfstype=hostfs rootflags=/ ro \
    "init=$(realpath "$0")" con=null con0=null,fd:1 ssl=null "uml_dir=$folder" quiet \
    "CGROUP2_FOLDER=$folder" "HOME=$HOME" "PATH=/usr/sbin:/usr/bin:/sbin:/bin" \
    "TORCHLIFT_RESOURCES=${TORCHLIFT_RESOURCES:-}" >"$folder/output" 2>&1 <<'PYTHON' || true
import ctypes, errno, os, sys

class Comparison(ctypes.Structure):
    _fields_ = [("argument", ctypes.c_uint), ("operator", ctypes.c_int),
                ("first", ctypes.c_uint64), ("second", ctypes.c_uint64)]

library = ctypes.CDLL("libseccomp.so.2")
library.seccomp_init.restype = ctypes.c_void_p
library.seccomp_rule_add_array.argtypes = [ctypes.c_void_p, ctypes.c_uint32, ctypes.c_int,
                                           ctypes.c_uint, ctypes.POINTER(Comparison)]
library.seccomp_load.argtypes = [ctypes.c_void_p]
ALLOW, ERRNO, EQUAL = 0x7FFF0000, 0x00050000, 4
GETREGSET, XSTATE = 0x4204, 0x202
ptrace = library.seccomp_syscall_resolve_name(b"ptrace")
calls = (Comparison * 2)(Comparison(0, EQUAL, GETREGSET, 0), Comparison(2, EQUAL, XSTATE, 0))
filter = library.seccomp_init(ALLOW)
if library.seccomp_rule_add_array(filter, ERRNO | errno.EIO, ptrace, 2, calls) \
        or library.seccomp_load(filter):
    sys.exit("no filter")
os.execv(sys.argv[1], sys.argv[1:])
PYTHON
cat "$folder/output"
grep -q '^status 0' "$folder/output"
