#include "validation/projectfiles.h"

#include <algorithm>
#include <cstdint>
#include <set>

#include "base/files.h"

namespace TorchLift {

namespace {

namespace fs = std::filesystem;

// The name by which the sandbox shows it.
std::string nameOf(const fs::path &path)
{
    return (path.has_filename() ? path : path.parent_path()).filename().string();
}

bool isAtOrBelow(const std::string &path, const std::string &place)
{
    return path == place || path.starts_with(place + "/");
}

void appendNumber(std::string &out, std::uint64_t value, int bytes)
{
    for (int i = 0; i < bytes; ++i) {
        out += static_cast<char>((value >> (8 * i)) & 0xFFU);
    }
}

bool isExecutable(const fs::path &path)
{
    std::error_code error;
    const fs::perms mode = fs::status(path, error).permissions();
    return !error && (mode & fs::perms::owner_exec) != fs::perms::none;
}

} // namespace

Result<ProjectFiles> readProjectFolder(const fs::path &folder, const std::vector<fs::path> &data,
                                       std::stop_token stop)
{
    auto listed = listSources(folder, stop, [](const fs::path &) { return true; });
    if (!listed) {
        return tl::unexpected(listed.error());
    }
    ProjectFiles project;
    project.folder = folder;
    project.skipped = std::move(listed->skipped);
    std::error_code ignored;
    const fs::path root = fs::canonical(folder, ignored);
    for (const fs::path &path : data) {
        const fs::path place = fs::weakly_canonical(path, ignored).lexically_relative(root);
        if (!place.empty() && place != "." && *place.begin() != "..") {
            project.dataPlaces.emplace_back(place.generic_string(), nameOf(path));
        }
    }
    std::size_t size = 0;
    for (const fs::path &path : listed->files) {
        if (stop.stop_requested()) {
            return fail(Errc::Cancelled, "cancelled");
        }
        const std::string name = path.generic_string();
        const bool isData =
            std::any_of(project.dataPlaces.begin(), project.dataPlaces.end(),
                        [&](const auto &place) { return isAtOrBelow(name, place.first); });
        if (isData) {
            continue;
        }
        auto bytes = readFile(folder / path);
        if (!bytes) {
            project.skipped.push_back({path, bytes.error().detail});
            continue;
        }
        size += bytes->size();
        if (size > kMaxProjectBytes) {
            return fail(Errc::TooLarge,
                        "the project holds more than "
                            + std::to_string(kMaxProjectBytes / (1024 * 1024)) + " MiB",
                        folder.string(), "name large files and folders with --data");
        }
        project.files.push_back({name, std::move(*bytes), isExecutable(folder / path)});
    }
    return project;
}

std::string packProject(const ProjectFiles &project, const std::vector<fs::path> &data)
{
    std::set<std::string> taken;
    for (const fs::path &path : data) {
        taken.insert(nameOf(path));
    }
    std::string packed;
    for (const FileCopy &file : project.files) {
        if (taken.count(file.path.substr(0, file.path.find('/'))) > 0) {
            continue;
        }
        appendNumber(packed, file.path.size(), 4);
        appendNumber(packed, file.bytes.size(), 8);
        packed += file.isExecutable ? '\1' : '\0';
        packed += file.path;
        packed += file.bytes;
    }
    return packed;
}

} // namespace TorchLift
