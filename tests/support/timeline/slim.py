#!/usr/bin/env python3
"""Makes an installed torch importable on the CPU without the CUDA packages, and small.

Usage: slim.py ENVIRONMENT

torch's Linux wheels link CUDA libraries that are gigabytes in all, though nothing on the CPU
calls them. Every library that torch needs and that is missing is replaced by an empty one that
defines the symbols the others look for; the CUDA half of torch itself is replaced in the same way.
CUDA's functions then answer "no device".
The environment is for measuring only.
"""

import pathlib
import re
import subprocess
import sys
import tempfile

CUDA_HALF = re.compile(r"lib(torch_cuda|torch_nvshmem|nvfuser|caffe2_(gpu|nvrtc|detectron)|nvrtc|cu[a-z]+|nccl|nv)[^/]*\.so")
NO_DEVICE = 100  # cudaErrorNoDevice: what CUDA's own functions answer then
DATA = ("_ZTV", "_ZTI", "_ZTS", "_ZTT")


def dynamic(path):
    """What a library needs, its undefined symbols {name: version} and its defined names."""
    needed = re.findall(r"\(NEEDED\).*\[(.*)\]", run("readelf", "-dW", path))
    undefined, defined = {}, set()
    for line in run("nm", "-D", path).splitlines():
        kind, symbol = line.split()[-2:]
        name, _, version = symbol.partition("@")
        if kind == "U":
            undefined[name] = version.lstrip("@")
        elif kind not in "wv":
            defined.add(name)
    return needed, undefined, defined


def run(*command):
    return subprocess.run([str(c) for c in command], check=True, stdout=subprocess.PIPE, text=True).stdout


def write_stub(path, soname, symbols):
    lines = [".data", ".balign 4096", "nothing: .zero 4096"]
    for symbol in symbols:
        kind = "@object" if symbol.startswith(DATA) else "@function"
        lines.append(".data\n.balign 16" if kind == "@object" else ".text")
        lines.append(f'.globl "{symbol}"\n.type "{symbol}",{kind}\n"{symbol}":')
        if kind == "@function":
            # C++ functions may return a reference: to zeros, at an address whose lowest byte is false.
            lines.append("lea nothing(%rip), %rax\nret" if symbol.startswith("_Z") else f"mov ${NO_DEVICE}, %eax\nret")
        elif symbol.startswith("_ZTI"):  # Python bindings read the types that they register
            lines.append(f'.quad _ZTVN10__cxxabiv117__class_type_infoE+16, 1f\n1: .string "{symbol[4:]}"')
        else:
            lines.append(".zero 1024")
    lines.append('.section .note.GNU-stack,"",@progbits')
    with tempfile.TemporaryDirectory() as folder:
        source = pathlib.Path(folder, "stub.s")
        source.write_text("\n".join(lines) + "\n")
        script = pathlib.Path(folder, "versions")
        script.write_text("".join(
            f"{version or 'TORCHLIFT'} {{ " + " ".join(f'"{s}";' for s, v in sorted(symbols.items()) if v == version)
            + " };\n" for version in sorted(set(symbols.values()))))
        run("gcc", "-shared", "-nostdlib", f"-Wl,-soname,{soname}", f"-Wl,--version-script={script}",
            "-o", f"{folder}/stub.so", source, "-Wl,--no-as-needed", "-lstdc++")
        path.unlink(missing_ok=True)  # a hard link into the installer's cache stays as it was
        path.write_bytes(pathlib.Path(folder, "stub.so").read_bytes())


def system_libraries():
    return set(re.findall(r"^\s*(\S+) \(", run("/sbin/ldconfig", "-p"), re.MULTILINE))


def slim(packages):
    libraries = packages / "torch" / "lib"
    cuda = {p.name: p for p in libraries.glob("*.so*") if CUDA_HALF.match(p.name)}
    kept = [p for p in libraries.glob("*.so*") if p.name not in cuda]
    kept += [*packages.glob("torch/_C*.so"), *packages.glob("torch/*/_C*.so"),
             *packages.glob("torchvision/*.so")]
    needed, undefined, defined = set(), {}, set()
    for path in kept:
        for total, part in zip((needed, undefined, defined), dynamic(path)):
            total.update(part)
    present = {p.name for p in (*kept, *packages.glob("torchvision.libs/*"))}
    missing = needed - present - system_libraries()
    for name in ("libc.so.6", "libm.so.6", "libstdc++.so.6", "libgcc_s.so.1", "libpthread.so.0", "libdl.so.2", "librt.so.1"):
        found = run("gcc", f"-print-file-name={name}").strip()
        if found != name:
            defined |= dynamic(pathlib.Path(found))[2]
    open_symbols = {s: v for s, v in undefined.items() if s not in defined and not s.startswith(("Py", "_Py"))}
    for path in cuda.values():
        if path.name not in missing:
            path.unlink()
    for soname in sorted(missing):
        write_stub(libraries / soname, soname, open_symbols)
    return sorted(missing)


if __name__ == "__main__":
    site = next(pathlib.Path(sys.argv[1]).glob("lib/python3*/site-packages"))
    print("\n".join(slim(site)))
