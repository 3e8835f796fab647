#!/usr/bin/env bash
# Sets everything up (see setup.sh), builds with warnings as errors and runs all tests.
#
# usage: installer/test.sh [--asan] [--with-servers] [ctest's arguments]
#   --asan          with the address and undefined-behaviour sanitizers, in a build of its own
#   --with-servers  also the tests that start a real server on loopback
# exit status: 0 all passed; otherwise ctest's or setup.sh's
set -euo pipefail

# shellcheck source=installer/lib.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

preset=ci
while (($#)); do
    case $1 in
    --asan) preset=asan ;;
    --with-servers) export TORCHLIFT_TEST_SERVERS=1 ;;
    -h | --help)
        sed -n '2,/^set -/{/^set -/d;s/^# \{0,1\}//;p}' "${BASH_SOURCE[0]}"
        exit 0
        ;;
    *) break ;;
    esac
    shift
done

"$ROOT/installer/setup.sh" --preset "$preset" --developer

cd "$ROOT"
exec ctest --preset "$preset" --parallel "$(nproc)" "$@" </dev/null
