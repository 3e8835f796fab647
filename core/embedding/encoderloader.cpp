#include "embedding/encoderloader.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <mutex>
#include <vector>

#include <dlfcn.h>
#include <elf.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "embedding/encodermodule.h"

namespace TorchLift {

namespace {

constexpr const char *kRemedy = "installer/setup.sh";

bool readAt(int fd, void *buffer, std::size_t bytes, std::uint64_t offset)
{
    return ::pread(fd, buffer, bytes, static_cast<off_t>(offset)) == static_cast<ssize_t>(bytes);
}

// The dynamic linker maps what the program headers promise and dies of SIGBUS when the file is
// shorter, so a library cut off by a broken download is found here.
bool isWholeLibrary(int fd, std::uint64_t fileBytes)
{
    Elf64_Ehdr header{};
    if (!readAt(fd, &header, sizeof header, 0) || std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0
        || header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_type != ET_DYN
        || header.e_phentsize != sizeof(Elf64_Phdr)) {
        return false;
    }
    for (unsigned i = 0; i < header.e_phnum; ++i) {
        Elf64_Phdr segment{};
        if (!readAt(fd, &segment, sizeof segment, header.e_phoff + i * sizeof segment)
            || segment.p_offset > fileBytes || segment.p_filesz > fileBytes - segment.p_offset) {
            return false;
        }
    }
    return header.e_phnum > 0;
}

Result<void> checkLibrary(const std::filesystem::path &file)
{
    const int fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) {
        return fail(Errc::MissingPart, "cannot be opened", file.string(), kRemedy);
    }
    struct stat info
    {
    };
    const bool isWhole = ::fstat(fd, &info) == 0 && S_ISREG(info.st_mode)
                         && isWholeLibrary(fd, static_cast<std::uint64_t>(info.st_size));
    ::close(fd);
    return isWhole ? Result<void>()
                   : fail(Errc::Damaged, "no complete shared library", file.string(), kRemedy);
}

// What libtorch_cpu.so itself needs and finds beside it by its own relative search path.
std::vector<std::filesystem::path> companions(const std::filesystem::path &libtorch)
{
    std::vector<std::filesystem::path> found = {
        libtorch / "nvidia" / "cuda_runtime" / "lib" / "libcudart.so.12",
        libtorch / "nvidia" / "cuda_cupti" / "lib" / "libcupti.so.12"};
    std::error_code ignored;
    std::filesystem::path openMp = libtorch / "torch" / "lib" / "libgomp.so.1";
    for (const auto &entry :
         std::filesystem::directory_iterator(libtorch / "torch" / "lib", ignored)) {
        if (entry.path().filename().string().starts_with("libgomp")) {
            openMp = entry.path(); // the wheel puts a hash into the name
        }
    }
    found.push_back(openMp);
    return found;
}

Result<void *> openLibrary(const std::filesystem::path &file, int scope)
{
    if (auto checked = checkLibrary(file); !checked) {
        return tl::unexpected(checked.error());
    }
    void *handle = ::dlopen(file.c_str(), RTLD_NOW | scope);
    if (handle == nullptr) {
        const char *reason = ::dlerror(); // NOLINT(concurrency-mt-unsafe): thread-local in glibc
        const std::string detail = reason == nullptr ? "cannot be loaded" : reason;
        const bool isMissing = detail.find("cannot open shared object file") != std::string::npos;
        return fail(isMissing ? Errc::MissingPart : Errc::Damaged, detail, file.string(), kRemedy);
    }
    return handle;
}

Result<EncoderFactory> openModule(const EncoderPaths &paths)
{
    const std::filesystem::path torch = paths.libtorch / "torch" / "lib";
    for (const auto &file : companions(paths.libtorch)) {
        if (auto checked = checkLibrary(file); !checked) {
            return tl::unexpected(checked.error());
        }
    }
    for (const auto &file : {torch / "libc10.so", torch / "libtorch_cpu.so"}) {
        if (auto opened = openLibrary(file, RTLD_GLOBAL); !opened) {
            return tl::unexpected(opened.error());
        }
    }
    const auto module = openLibrary(paths.module, RTLD_LOCAL);
    if (!module) {
        return tl::unexpected(module.error());
    }
    void *symbol = ::dlsym(*module, kEncoderFactoryName);
    if (symbol == nullptr) {
        return fail(Errc::Incompatible, "it is no encoder module", paths.module.string(), kRemedy);
    }
    return reinterpret_cast<EncoderFactory>(symbol);
}

// Opened once in a process; a failure is not kept, so that set-up can repair it meanwhile.
Result<EncoderFactory> factory(const EncoderPaths &paths)
{
    static std::mutex mutex;
    static EncoderFactory opened = nullptr;
    const std::lock_guard lock(mutex);
    if (opened == nullptr) {
        auto found = openModule(paths);
        if (!found) {
            return found;
        }
        opened = *found;
    }
    return opened;
}

} // namespace

const char *precisionName(Precision precision) noexcept
{
    switch (precision) {
    case Precision::Fp32:
        return "fp32";
    case Precision::Bf16:
        return "bf16";
    case Precision::Fp16:
        return "fp16";
    case Precision::Int8:
        return "int8";
    }
    return "fp32";
}

Result<std::unique_ptr<EmbeddingModel>> loadEncoder(const EncoderPaths &paths,
                                                    const EncoderOptions &options)
{
    const auto create = factory(paths);
    if (!create) {
        return tl::unexpected(create.error());
    }
    int moduleAbi = 0;
    Error error;
    std::unique_ptr<EmbeddingModel> model(
        (*create)(kEncoderAbi, &moduleAbi, &paths, &options, &error));
    if (moduleAbi != kEncoderAbi) {
        return fail(Errc::Incompatible,
                    "the encoder module has ABI " + std::to_string(moduleAbi) + ", not "
                        + std::to_string(kEncoderAbi),
                    paths.module.string(), kRemedy);
    }
    if (!model) {
        return tl::unexpected(std::move(error));
    }
    return model;
}

} // namespace TorchLift
