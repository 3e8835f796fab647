#include <map>
#include <set>

#include "base/files.h"
#include "base/text.h"
#include "corpus/notecutter.h"
#include "corpus/store.h"

namespace TorchLift {

Result<std::vector<Chunk>> chunksOfMarkdownFolder(const std::filesystem::path &folder,
                                                  std::vector<std::string> &skipped,
                                                  const ProgressCallback &progress,
                                                  std::stop_token stop)
{
    std::error_code error;
    std::set<std::filesystem::path> files;
    for (const auto &entry : std::filesystem::directory_iterator(folder, error)) {
        if (entry.path().extension() == ".md") {
            files.insert(entry.path());
        }
    }
    if (error) {
        const bool isAbsent = error == std::errc::no_such_file_or_directory;
        return fail(isAbsent ? Errc::NotFound : Errc::Unreadable, error.message(), folder.string());
    }
    std::vector<Chunk> chunks;
    std::map<Version, int> numbers;
    double done = 0;
    for (const std::filesystem::path &file : files) {
        if (stop.stop_requested()) {
            return fail(Errc::Cancelled, "importing was cancelled", folder.string());
        }
        if (progress) {
            progress({"importing", done, static_cast<double>(files.size()), "files"});
        }
        ++done;
        const auto version = Version::parse(file.stem().string());
        if (!version) {
            skipped.push_back(file.filename().string());
            continue;
        }
        const auto content = readFile(file);
        if (!content) {
            return tl::unexpected(content.error());
        }
        Chunk prototype;
        prototype.version = *version;
        prototype.releaseName = "PyTorch " + version->toShortString();
        prototype.source = std::filesystem::absolute(folder).lexically_normal().filename().string();
        if (prototype.source.empty()) { // written with a slash at its end
            prototype.source =
                std::filesystem::absolute(folder).lexically_normal().parent_path().filename();
        }
        prototype.isOriginal = true;
        const std::string text = toValidUtf8(*content);
        cutNote(text, prototype, numbers[*version], chunks);
    }
    dropRepeated(chunks); // the same text twice in one release is one chunk
    return chunks;
}

} // namespace TorchLift
