#pragma once

#include <cstdint>
#include <filesystem>

#include "validation/filedescriptor.h"

namespace TorchLift {

/// Bounds the memory of a run: by a control group of its own where one can be made (version 1 or
/// 2), else by adding up what its processes hold, which a very fast bomb can outrun for some
/// tens of milliseconds. Files in memory file systems count in both.
class MemoryBound
{
public:
    /// Tries to make a control group; without one exceeded() has to be asked often.
    explicit MemoryBound(std::int64_t bytes);
    ~MemoryBound();
    MemoryBound(const MemoryBound &) = delete;
    MemoryBound &operator=(const MemoryBound &) = delete;

    /// Open cgroup.procs of the group, or -1.
    [[nodiscard]] int groupProcesses() const noexcept { return m_processes.get(); }
    [[nodiscard]] bool hasGroup() const noexcept { return m_processes.isOpen(); }

    /// Whether the run of process `root` (with its descendants) went over the bound.
    [[nodiscard]] bool exceeded(int root) const;

private:
    bool openGroup(const std::filesystem::path &folder, bool isSecondVersion);

    std::int64_t m_bytes = 0;
    std::filesystem::path m_folder; // of the control group
    FileDescriptor m_processes;
};

} // namespace TorchLift
