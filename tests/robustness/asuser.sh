#!/bin/sh
# Runs a command as an ordinary user (65534) who may see the folders given before "--" although
# they lie below root's private home. In a mount namespace of its own; needs root.
#   asuser.sh FOLDER... -- COMMAND...
set -eu
if [ "${ASUSER_INSIDE:-}" != 1 ]; then
    ASUSER_INSIDE=1 exec unshare --mount --propagation private -- "$0" "$@"
fi
stage=/mnt # in this namespace alone: nothing is left behind
mount -t tmpfs -o mode=755 none "$stage"
folders=""
user="setpriv --reuid 65534 --regid 65534 --clear-groups"
while [ "$1" != "--" ]; do
    # What that user sees anyway stays where it is; hiding /tmp or /usr would only break things.
    if $user test -r "$1" -a -x "$1"; then
        shift
        continue
    fi
    mkdir -p "$stage$1"
    mount --bind "$1" "$stage$1"
    folders="$folders $1"
    shift
done
shift
tops=$(for folder in $folders; do echo "$folder" | cut -d/ -f2; done | sort -u)
for top in $tops; do
    mount --rbind "$stage/$top" "/$top"
done
cd /
unset ASUSER_INSIDE
exec $user "$@"
