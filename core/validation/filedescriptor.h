#pragma once

#include <string_view>
#include <utility>

#include "base/result.h"

namespace TorchLift {

/// Owns one descriptor of the operating system; closes it. All are close-on-exec.
class FileDescriptor
{
public:
    FileDescriptor() = default;
    explicit FileDescriptor(int number) noexcept
        : m_number(number)
    {}
    ~FileDescriptor() { reset(); }
    FileDescriptor(FileDescriptor &&other) noexcept
        : m_number(std::exchange(other.m_number, -1))
    {}
    FileDescriptor &operator=(FileDescriptor &&other) noexcept
    {
        if (this != &other) {
            reset();
            m_number = std::exchange(other.m_number, -1);
        }
        return *this;
    }
    FileDescriptor(const FileDescriptor &) = delete;
    FileDescriptor &operator=(const FileDescriptor &) = delete;

    [[nodiscard]] int get() const noexcept { return m_number; }
    [[nodiscard]] bool isOpen() const noexcept { return m_number >= 0; }
    void reset() noexcept;

private:
    int m_number = -1;
};

struct Pipe
{
    FileDescriptor readEnd;
    FileDescriptor writeEnd;
};

/// Errors: Internal when the process has no descriptors left.
[[nodiscard]] Result<Pipe> makePipe();

/// Makes reads and writes of `descriptor` return at once.
void setNonBlocking(const FileDescriptor &descriptor);

/// An unnamed file in memory that holds `bytes`, to be read from its beginning.
/// Errors: Internal.
[[nodiscard]] Result<FileDescriptor> memoryFile(std::string_view bytes);

} // namespace TorchLift
