#!/bin/sh
# Runs a command as root on a kernel of its own that has control groups of version 2 only, as a
# desktop has them: Debian's kernel in QEMU over the host's files, read-only, /tmp in memory.
#   cgroup2.sh COMMAND...
# CGROUP2_MEMORY: of that machine (4G). The processor is emulated: some ten times slower.
set -eu
if [ -n "${CGROUP2_COMMAND:-}" ]; then # on that machine
    ip link set lo up
    # As systemd does for all its slices.
    echo +memory >/sys/fs/cgroup/cgroup.subtree_control
    dmesg -n 1
    status=0
    TORCHLIFT_TEST_NEEDS_CGROUP2=1 LC_ALL=C.UTF-8 sh -c "$CGROUP2_COMMAND" || status=$?
    echo "status $status"
    sync
    echo o >/proc/sysrq-trigger
    sleep 60
fi
kernel=$(ls -v /boot/vmlinuz-*-amd64 2>/dev/null | tail -n 1)
for program in qemu-system-x86_64 busybox cpio modprobe; do
    command -v "$program" >/dev/null || kernel=
done
if [ -z "$kernel" ]; then
    echo "SKIP   : no qemu-system-x86, linux-image-amd64, busybox-static, cpio or kmod: whole test program"
    exit 0
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir -p "$folder/bin" "$folder/modules" "$folder/host" "$folder/project"
project=$(realpath "$(dirname "$0")/../..") # with its build below it; it may lie below /tmp
cp "$(command -v busybox)" "$folder/bin/busybox"
count=10
for module in virtio_pci 9pnet_virtio 9p; do
    modprobe --set-version "${kernel#/boot/vmlinuz-}" --show-depends "$module"
done | awk '$1 == "insmod" && !seen[$2]++ { print $2 }' | while read -r file; do
    cp "$file" "$folder/modules/$count.ko"
    count=$((count + 1))
done
cat >"$folder/environment" <<EOF
export HOME='$HOME' PATH=/usr/sbin:/usr/bin:/sbin:/bin
export TORCHLIFT_RESOURCES='${TORCHLIFT_RESOURCES:-}' CGROUP2_COMMAND='cd $PWD && $*'
EOF
cat >"$folder/init" <<EOF
#!/bin/busybox sh
B=/bin/busybox
for module in /modules/*.ko; do \$B insmod \$module; done
\$B mount -t 9p -o trans=virtio,version=9p2000.L,ro,msize=1048576,cache=loose host /host
\$B mount -t proc proc /host/proc
\$B mount -t sysfs sys /host/sys
\$B mount -t cgroup2 none /host/sys/fs/cgroup
\$B mount -t devtmpfs dev /host/dev
\$B mkdir -p /host/dev/pts /host/dev/shm
\$B mount -t devpts none /host/dev/pts
\$B mount -t tmpfs none /host/dev/shm
\$B mount --bind '/host$project' /project
\$B mount -t tmpfs -o mode=1777 none /host/tmp
case '$project' in
/tmp/*) \$B mkdir -p '/host$project' && \$B mount --bind /project '/host$project' ;;
esac
. /environment
exec \$B switch_root /host $(realpath "$0")
EOF
chmod +x "$folder/init"
(cd "$folder" && find . | cpio --quiet -o -H newc) >"$folder.cpio"
trap 'rm -rf "$folder" "$folder.cpio"' EXIT
qemu-system-x86_64 -accel tcg,thread=multi -cpu max -m "${CGROUP2_MEMORY:-4G}" -smp 2 \
    -nographic -no-reboot -kernel "$kernel" -initrd "$folder.cpio" \
    -append "console=ttyS0 quiet panic=-1 rdinit=/init" \
    -virtfs local,path=/,mount_tag=host,security_model=none,readonly=on,multidevs=remap \
    </dev/null 2>&1 | tr -d '\r' >"$folder/output"
cat "$folder/output"
grep -q '^status 0' "$folder/output"
