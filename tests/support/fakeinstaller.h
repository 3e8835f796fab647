#pragma once

#include <filesystem>
#include <fstream>
#include <string>

namespace TorchLift {

// An interpreter and a package installer that are shell scripts (tests/data/fakeinstaller): what
// TorchLift does around them (order, cancelling, repairing, cleaning up) is tested in moments and
// without a network.

inline void writeText(const std::filesystem::path &file, const std::string &text)
{
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << text;
}

inline void copyFake(const char *name, const std::filesystem::path &to)
{
    std::filesystem::create_directories(to.parent_path());
    std::filesystem::copy_file(
        std::filesystem::path(TORCHLIFT_SOURCE_DIR "/tests/data/fakeinstaller") / name, to);
    std::filesystem::permissions(to, std::filesystem::perms::owner_all);
}

inline void writeFakeInstaller(const std::filesystem::path &program)
{
    copyFake("uv", program);
}

/// bin/python3.6 below `prefix`.
inline void writeFakePython(const std::filesystem::path &prefix)
{
    copyFake("python3.6", prefix / "bin/python3.6");
    std::filesystem::create_directories(prefix / "lib");
}

} // namespace TorchLift
