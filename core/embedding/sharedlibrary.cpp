#include "embedding/sharedlibrary.h"

#include <cstdint>
#include <cstring>
#include <string>

#include <dlfcn.h>
#include <elf.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace TorchLift {

namespace {

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

} // namespace

Result<void> checkLibrary(const std::filesystem::path &file)
{
    const int fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) {
        return fail(Errc::MissingPart, "cannot be opened", file.string(), kSetUp);
    }
    struct stat info
    {
    };
    const bool isWhole = ::fstat(fd, &info) == 0 && S_ISREG(info.st_mode)
                         && isWholeLibrary(fd, static_cast<std::uint64_t>(info.st_size));
    ::close(fd);
    return isWhole ? Result<void>()
                   : fail(Errc::Damaged, "no complete shared library", file.string(), kSetUp);
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
        return fail(isMissing ? Errc::MissingPart : Errc::Damaged, detail, file.string(), kSetUp);
    }
    return handle;
}

} // namespace TorchLift
