#include "validation/filedescriptor.h"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

namespace TorchLift {

void FileDescriptor::reset() noexcept
{
    if (m_number >= 0) {
        ::close(m_number);
        m_number = -1;
    }
}

Result<Pipe> makePipe()
{
    int ends[2] = {-1, -1};
    if (::pipe2(ends, O_CLOEXEC) != 0) {
        return fail(Errc::Internal, std::string("no pipe: ") + std::strerror(errno));
    }
    return Pipe{FileDescriptor(ends[0]), FileDescriptor(ends[1])};
}

void setNonBlocking(const FileDescriptor &descriptor)
{
    const int flags = ::fcntl(descriptor.get(), F_GETFL);
    ::fcntl(descriptor.get(), F_SETFL, flags | O_NONBLOCK);
}

Result<FileDescriptor> memoryFile(std::string_view bytes)
{
    FileDescriptor file(::memfd_create("torchlift", MFD_CLOEXEC));
    while (file.isOpen() && !bytes.empty()) {
        const ssize_t written = ::write(file.get(), bytes.data(), bytes.size());
        if (written <= 0) {
            return fail(Errc::Internal, std::string("no memory file: ") + std::strerror(errno));
        }
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    if (!file.isOpen() || ::lseek(file.get(), 0, SEEK_SET) != 0) {
        return fail(Errc::Internal, std::string("no memory file: ") + std::strerror(errno));
    }
    return file;
}

} // namespace TorchLift
