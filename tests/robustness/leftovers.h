#pragma once

#include <cstddef>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

/// What runs may leave behind in the system, as it is at one moment. The test program has to be
/// the heir of its orphans (adoptOrphans), so that no process escapes by losing its parent, and
/// to have a folder for temporary files of its own ($TMPDIR).
struct Leftovers
{
    std::set<std::string> processes; ///< our children, also by adoption: number and name
    std::set<std::string> mounts;
    std::set<std::string> files; ///< below $TMPDIR, and control groups of ours
    std::size_t descriptors = 0; ///< open ones of ours

    /// Ended children that nobody waits for are waited for first.
    [[nodiscard]] static Leftovers now();

    /// What there is here and was not in `before`, in words; empty: nothing.
    [[nodiscard]] std::string since(const Leftovers &before) const;
};

/// From now on processes that lose their parent become children of this one.
void adoptOrphans();

/// The folders of memory control groups that this process made and that are there.
[[nodiscard]] std::vector<std::filesystem::path> ownControlGroups();
