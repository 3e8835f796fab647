#include "source/sourcefolder.h"

#include <algorithm>

#include "base/files.h"

namespace TorchLift {

namespace {

namespace fs = std::filesystem;

// Why a folder is left out; empty: it is not.
std::string refusal(const fs::path &folder)
{
    const std::string name = folder.filename().string();
    std::error_code ignored;
    if (name.starts_with('.')) {
        return "a hidden folder";
    }
    if (name == "__pycache__" || name == "node_modules") {
        return "a folder of generated files";
    }
    if (name == "site-packages" || fs::exists(folder / "pyvenv.cfg", ignored)) {
        return "a virtual environment";
    }
    return {};
}

std::string refusal(const fs::directory_entry &file)
{
    std::error_code error;
    if (file.is_symlink(error)) {
        return "a link";
    }
    if (!file.is_regular_file(error)) {
        return "not a regular file";
    }
    const std::uintmax_t size = file.file_size(error);
    if (error) {
        return error.message();
    }
    return size > kMaxSourceBytes ? "larger than " + std::to_string(kMaxSourceBytes) + " bytes"
                                  : std::string();
}

} // namespace

bool isPythonFile(const fs::path &path)
{
    return path.extension() == ".py" || path.extension() == ".ipynb";
}

Result<SourceFolder> listSources(const fs::path &folder, std::stop_token stop,
                                 const WantedFile &isWanted)
{
    std::error_code error;
    if (!fs::is_directory(folder, error)) {
        return fail(Errc::NotFound, "there is no such folder", folder.string());
    }
    SourceFolder out;
    std::vector<fs::path> open{folder};
    while (!open.empty()) {
        const fs::path current = std::move(open.back());
        open.pop_back();
        fs::directory_iterator entries(current, error);
        if (error) {
            if (current == folder) {
                return fail(Errc::Unreadable, error.message(), folder.string());
            }
            out.skipped.push_back({fs::relative(current, folder), error.message()});
            continue;
        }
        for (; entries != fs::directory_iterator() && !error; entries.increment(error)) {
            if (stop.stop_requested()) {
                return fail(Errc::Cancelled, "cancelled");
            }
            const fs::directory_entry &entry = *entries;
            const fs::path path = entry.path().lexically_relative(folder);
            std::error_code ignored;
            const bool isFolder = entry.is_directory(ignored) && !entry.is_symlink(ignored);
            if (!isFolder && !isWanted(path)) {
                continue;
            }
            std::string reason = isFolder ? refusal(entry.path()) : refusal(entry);
            if (!reason.empty()) {
                out.skipped.push_back({path, std::move(reason)});
            } else if (isFolder) {
                open.push_back(entry.path());
            } else {
                out.files.push_back(path);
            }
        }
    }
    std::sort(out.files.begin(), out.files.end());
    std::sort(out.skipped.begin(), out.skipped.end(),
              [](const SkippedPath &a, const SkippedPath &b) { return a.path < b.path; });
    return out;
}

} // namespace TorchLift
