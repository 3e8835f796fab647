#!/bin/sh
# Runs a program of the build on a processor with AVX-512 (BF16, FP16 and VNNI, no AMX) that Bochs 3
# emulates: for whoever has none, to see that the kernels compute what they should. Some thousand
# times slower than the real one, and no root needed.
#   avx512.sh PROGRAM [ARGUMENT...]       build/ci/bin/tests/tst_encoderloader, say
# BOCHS: the emulator (bochs), of version 3 or later, configured with --enable-avx --enable-evex
# --enable-handlers-chaining --with-nogui. Debian 12 has an older one.
set -eu
bochs=${BOCHS:-bochs}
kernel=$(ls -v /boot/vmlinuz-*-amd64 2>/dev/null | tail -n 1)
for program in "$bochs" busybox cpio modprobe xorriso mke2fs; do
    command -v "$program" >/dev/null || kernel=
done
for file in /usr/lib/ISOLINUX/isolinux.bin /usr/lib/syslinux/modules/bios/ldlinux.c32 \
    /usr/share/bochs/BIOS-bochs-latest /usr/share/vgabios/vgabios.bin; do
    [ -r "$file" ] || kernel=
done
if [ -z "$kernel" ]; then
    echo "SKIP   : no Bochs, linux-image-amd64, busybox-static, cpio, kmod, isolinux, xorriso, bochsbios or vgabios"
    exit 77
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 1' INT TERM
root=$folder/root
program=$(realpath "$1")
shift

# Everything lies where it lies here.
put() {
    for file in "$@"; do
        mkdir -p "$root$(dirname "$file")"
        cp -L "$file" "$root$file"
    done
}
put_with_libraries() {
    put "$@"
    for file in "$@"; do
        ldd "$file"
    done | awk '$3 ~ /^\// { print $3 } $1 ~ /^\/lib64/ { print $1 }' | sort -u | while read -r library; do
        put "$library"
    done
}
data=${TORCHLIFT_HOME:+$TORCHLIFT_HOME/data}
data=${data:-${XDG_DATA_HOME:-$HOME/.local/share}/torchlift}
build=$(dirname "$program")
[ -e "$build/libtorchlift-encoder.so" ] || build=$(dirname "$build")
put_with_libraries "$program" "$build/libtorchlift-encoder.so"
find "$data/libtorch/2.7.0" \( -name 'libc10.so' -o -name 'libtorch_cpu.so' -o -name 'libgomp*' \
    -o -name 'libcudart.so*' -o -name 'libcupti.so*' \) | while read -r file; do
    put "$file"
done
put /lib/x86_64-linux-gnu/libdl.so.2 /lib/x86_64-linux-gnu/librt.so.1 \
    /lib/x86_64-linux-gnu/libpthread.so.0 /lib/x86_64-linux-gnu/libutil.so.1
mkdir -p "$root$data/models" "$root/bin" "$root/dev" "$root/proc" "$root/sys" "$root/tmp"
cp -r "$data/models/." "$root$data/models/"
cp "$(command -v busybox)" "$root/bin/busybox"
cat >"$root/run" <<EOF
/bin/busybox mount -t tmpfs tmp /tmp
export HOME='$HOME' PATH=/bin LC_ALL=C TORCHLIFT_HOME='${TORCHLIFT_HOME:-}' XDG_DATA_HOME='${XDG_DATA_HOME:-}'
[ -n "\$TORCHLIFT_HOME" ] || unset TORCHLIFT_HOME
[ -n "\$XDG_DATA_HOME" ] || unset XDG_DATA_HOME
echo "--- begin"
$program $* && status=0 || status=\$?
echo "--- status \$status"
/bin/busybox sync; /bin/busybox sleep 1 # the line is slow
/bin/busybox poweroff -f
EOF
size=$(du -sm "$root" | cut -f1)
truncate -s "$((size + size / 8 + 64))M" "$folder/disk"
mke2fs -q -t ext4 -d "$root" "$folder/disk"

# A CD with the kernel and what finds the disk.
mkdir -p "$folder/first/bin" "$folder/first/modules" "$folder/first/new" "$folder/first/dev" "$folder/cd/isolinux"
cp "$(command -v busybox)" "$folder/first/bin/busybox"
count=100
for module in ata_piix sd_mod crc32c_generic ext4; do
    modprobe --set-version "${kernel#/boot/vmlinuz-}" --show-depends "$module"
done | awk '$1 == "insmod" && !seen[$2]++ { print $2 }' | while read -r file; do
    cp "$file" "$folder/first/modules/$count.ko"
    count=$((count + 1))
done
cat >"$folder/first/init" <<'EOF'
#!/bin/busybox sh
B=/bin/busybox
$B mount -t devtmpfs dev /dev
for module in /modules/*.ko; do $B insmod $module; done
while ! [ -b /dev/sda ]; do $B sleep 1; done
$B mount -t ext4 /dev/sda /new
$B mount --move /dev /new/dev
$B mount -t proc proc /new/proc
$B mount -t sysfs sys /new/sys
exec $B switch_root /new /bin/busybox sh /run
EOF
chmod +x "$folder/first/init"
(cd "$folder/first" && find . | cpio --quiet -o -H newc | gzip -1) >"$folder/cd/isolinux/first.gz"
cp /usr/lib/ISOLINUX/isolinux.bin /usr/lib/syslinux/modules/bios/ldlinux.c32 "$folder/cd/isolinux/"
cp "$kernel" "$folder/cd/isolinux/kernel"
# Linux counts on fast short copies (FSRM, 580) although Bochs reports that fast ones are off.
cat >"$folder/cd/isolinux/isolinux.cfg" <<'EOF'
default here
label here
 kernel kernel
 append initrd=first.gz console=ttyS0 quiet mitigations=off no5lvl clearcpuid=580
EOF
xorriso -as mkisofs -quiet -o "$folder/cd.iso" -b isolinux/isolinux.bin -c isolinux/boot.cat \
    -no-emul-boot -boot-load-size 4 -boot-info-table "$folder/cd" 2>/dev/null

# With AMX the operating system would need XFD, which Bochs lacks.
cat >"$folder/bochsrc" <<EOF
memory: guest=2048, host=2048
romimage: file=/usr/share/bochs/BIOS-bochs-latest
vgaromimage: file=/usr/share/vgabios/vgabios.bin
ata0-master: type=disk, path=$folder/disk, mode=flat
ata1: enabled=1
ata1-master: type=cdrom, path=$folder/cd.iso, status=inserted
boot: cdrom
cpu: model=sapphire_rapids, exclude_features="la57 amx amx_int8 amx_bf16", ips=50000000, ignore_bad_msrs=1
com1: enabled=1, mode=file, dev=$folder/output
log: $folder/log
panic: action=report
error: action=ignore
info: action=ignore
display_library: nogui
EOF
: >"$folder/output"
"$bochs" -q -f "$folder/bochsrc" >"$folder/console" 2>&1 &
emulator=$!
trap 'kill $emulator 2>/dev/null || true; rm -rf "$folder"' EXIT
tail -n +1 -f --pid="$emulator" "$folder/output" | sed -u -n 's/\r$//; /^--- begin/,$p'
grep -q '^--- status 0' "$folder/output"
