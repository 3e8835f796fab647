#include "validation/installedpackages.h"

#include <algorithm>
#include <atomic>
#include <charconv>
#include <cstdint>
#include <mutex>
#include <string_view>

#include "base/files.h"
#include "base/parallel.h"

namespace TorchLift {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kSuffix = ".dist-info";
constexpr std::string_view kHashName = "sha256=";

struct RecordedFile
{
    std::string path; // below site-packages
    std::string hash;
    std::string size;
};

// One field of a CSV line; `at` moves behind it and its comma.
std::string takeField(std::string_view line, std::size_t &at)
{
    std::string field;
    bool isQuoted = false;
    for (; at < line.size(); ++at) {
        const char c = line[at];
        if (c == '"' && isQuoted && at + 1 < line.size() && line[at + 1] == '"') {
            field += '"';
            ++at;
        } else if (c == '"') {
            isQuoted = !isQuoted;
        } else if (c == ',' && !isQuoted) {
            break;
        } else {
            field += c;
        }
    }
    ++at;
    return field;
}

std::vector<RecordedFile> readRecord(const fs::path &metadata)
{
    std::vector<RecordedFile> files;
    const auto text = readFile(metadata / "RECORD");
    if (!text) {
        return files;
    }
    const std::string_view all(*text);
    for (std::size_t begin = 0; begin < all.size();) {
        const std::size_t end = std::min(all.find('\n', begin), all.size());
        std::string_view line = all.substr(begin, end - begin);
        if (line.ends_with('\r')) {
            line.remove_suffix(1);
        }
        std::size_t at = 0;
        RecordedFile file;
        file.path = takeField(line, at);
        file.hash = takeField(line, at);
        file.size = takeField(line, at);
        if (!file.path.empty()) {
            files.push_back(std::move(file));
        }
        begin = end + 1;
    }
    return files;
}

std::vector<fs::path> metadataFolders(const fs::path &packages)
{
    std::vector<fs::path> folders;
    std::error_code error;
    for (const auto &entry : fs::directory_iterator(packages, error)) {
        const std::string name = entry.path().filename().string();
        if (name.ends_with(kSuffix) && name.find('-') != std::string::npos) {
            folders.push_back(entry.path());
        }
    }
    std::sort(folders.begin(), folders.end());
    return folders;
}

// What the installer wrote itself, other on every machine.
bool isOfInstaller(const RecordedFile &file)
{
    return file.hash.empty() || file.path.starts_with("../")
           || (file.path.find(kSuffix) != std::string::npos
               && (file.path.ends_with("/INSTALLER") || file.path.ends_with("/REQUESTED")
                   || file.path.ends_with("/RECORD") || file.path.ends_with(".json")));
}

// "sha256=" and what follows it in RECORD: base64 with - and _, unpadded.
std::string hexOfUrlBase64(std::string_view hash)
{
    constexpr std::string_view alphabet =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    hash.remove_prefix(kHashName.size());
    std::string hex;
    std::uint32_t bits = 0;
    int count = 0;
    for (const char letter : hash) {
        const std::size_t at = alphabet.find(letter);
        if (at == std::string_view::npos) {
            break;
        }
        bits = (bits << 6U) | static_cast<std::uint32_t>(at);
        count += 6;
        for (; count >= 4; count -= 4) {
            hex += "0123456789abcdef"[(bits >> static_cast<unsigned>(count - 4)) & 15U];
        }
    }
    return hex;
}

std::string contentHash(const std::vector<RecordedFile> &files)
{
    std::vector<std::string> lines;
    for (const RecordedFile &file : files) {
        if (!isOfInstaller(file)) {
            lines.push_back(file.path + ',' + file.hash + '\n');
        }
    }
    if (lines.empty()) {
        return {};
    }
    std::sort(lines.begin(), lines.end());
    std::string all;
    for (const std::string &line : lines) {
        all += line;
    }
    return sha256Hex(all);
}

} // namespace

std::vector<InstalledPackage> installedPackages(const fs::path &packages)
{
    std::vector<InstalledPackage> found;
    for (const fs::path &folder : metadataFolders(packages)) {
        const std::string name = folder.filename().string();
        const std::size_t dash = name.find('-');
        found.push_back({name.substr(0, dash),
                         name.substr(dash + 1, name.size() - kSuffix.size() - dash - 1),
                         contentHash(readRecord(folder))});
    }
    return found;
}

Result<std::optional<std::string>>
firstChange(const fs::path &packages, const ProgressCallback &progress, std::stop_token stop)
{
    if (auto damage = firstDamage(packages)) {
        return damage;
    }
    std::vector<RecordedFile> files;
    double totalBytes = 0;
    for (const fs::path &folder : metadataFolders(packages)) {
        for (RecordedFile &file : readRecord(folder)) {
            if (file.hash.starts_with(kHashName) && !isOfInstaller(file)) {
                std::error_code ignored;
                totalBytes += static_cast<double>(fs::file_size(packages / file.path, ignored));
                files.push_back(std::move(file));
            }
        }
    }
    std::mutex mutex;
    std::atomic<bool> isOver = false;
    double doneBytes = 0;
    std::optional<std::string> change;
    forEachIndex(files.size(), [&](std::size_t i) {
        if (isOver || stop.stop_requested()) {
            return;
        }
        const RecordedFile &file = files[i];
        const auto hash = sha256HexOfFile(packages / file.path);
        const bool isChanged = !hash || *hash != hexOfUrlBase64(file.hash);
        const std::lock_guard lock(mutex);
        if (isChanged && !change) {
            change = file.path
                     + (hash ? " has other contents than its package brought" : " cannot be read");
            isOver = true;
        }
        std::error_code ignored;
        doneBytes += static_cast<double>(fs::file_size(packages / file.path, ignored));
        if (progress) {
            progress({"checking", doneBytes, totalBytes, "bytes"});
        }
    });
    return stop.stop_requested()
               ? Result<std::optional<std::string>>(fail(Errc::Cancelled, "cancelled"))
               : change;
}

std::optional<std::string> firstDamage(const fs::path &packages)
{
    for (const fs::path &folder : metadataFolders(packages)) {
        const std::vector<RecordedFile> files = readRecord(folder);
        if (files.empty()) {
            return folder.filename().string() + " has no list of its files";
        }
        for (const RecordedFile &file : files) {
            // Compiled files and scripts may go; they are made again or not needed.
            if (file.path.starts_with("../") || file.path.ends_with(".pyc")) {
                continue;
            }
            std::error_code error;
            const std::uintmax_t size = fs::file_size(packages / file.path, error);
            if (error) {
                return file.path + " is missing";
            }
            std::uintmax_t recorded = size;
            std::from_chars(file.size.data(), file.size.data() + file.size.size(), recorded);
            if (size != recorded) {
                return file.path + " has " + std::to_string(size) + " bytes instead of "
                       + std::to_string(recorded);
            }
        }
    }
    return std::nullopt;
}

fs::path sitePackagesOf(const fs::path &environment)
{
    std::error_code error;
    for (const auto &entry : fs::directory_iterator(environment / "lib", error)) {
        const fs::path packages = entry.path() / "site-packages";
        if (entry.path().filename().string().starts_with("python")
            && fs::is_directory(packages, error)) {
            return packages;
        }
    }
    return {};
}

} // namespace TorchLift
