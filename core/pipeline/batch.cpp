#include "pipeline/batch.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <map>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/files.h"
#include "session/jsonreader.h"
#include "session/jsonwriter.h"
#include "source/sourcefile.h"
#include "validation/filedescriptor.h"

namespace TorchLift {

template <typename Archive, Is<BatchResult> T>
void fields(Archive &archive, T &result)
{
    archive("name", result.name);
    archive("key", result.key);
    archive("fault", result.fault);
    archive("row", result.row);
}

namespace {

namespace fs = std::filesystem;

constexpr int kSchema = 1;
constexpr std::size_t kMaxResultsBytes = 2048U * 1024U * 1024U;

// JSON in one line: what JsonWriter breaks lines for lies outside of strings.
std::string inOneLine(const std::string &json)
{
    std::string line;
    for (std::size_t at = 0; at < json.size();) {
        if (json[at] == '\n') {
            at = json.find_first_not_of("\n ", at);
            at = at == std::string::npos ? json.size() : at;
        } else {
            line += json[at++];
        }
    }
    return line + '\n';
}

// Results of a batch in a file, one in a line. Nobody else writes to it meanwhile.
class ResultsFile
{
public:
    static Result<ResultsFile> open(const fs::path &path)
    {
        ResultsFile file;
        file.m_path = path;
        file.m_file = FileDescriptor(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666));
        if (!file.m_file.isOpen()) {
            return fail(Errc::Io, std::strerror(errno), path.string());
        }
        if (::flock(file.m_file.get(), LOCK_EX | LOCK_NB) != 0) {
            return fail(Errc::Refused, "another batch writes its results there", path.string(),
                        "wait for it, or name another file with --results");
        }
        if (auto read = file.readEarlier(); !read) {
            return tl::unexpected(read.error());
        }
        return file;
    }

    [[nodiscard]] const BatchResult *find(const std::string &name, const std::string &key) const
    {
        const auto found = m_earlier.find({name, key});
        return found == m_earlier.end() ? nullptr : &found->second;
    }

    Result<void> add(const BatchResult &result)
    {
        JsonWriter writer;
        writer("schema", kSchema);
        fields(writer, result);
        std::string line = inOneLine(writer.finish());
        for (std::string_view rest = line; !rest.empty();) {
            const ssize_t count = ::write(m_file.get(), rest.data(), rest.size());
            if (count < 0 && errno != EINTR) {
                return fail(Errc::Io, std::strerror(errno), m_path.string());
            }
            rest.remove_prefix(count > 0 ? static_cast<std::size_t>(count) : 0);
        }
        ::fdatasync(m_file.get());
        return {};
    }

private:
    Result<void> readEarlier()
    {
        const auto text = readFile(m_path, kMaxResultsBytes);
        if (!text) {
            return tl::unexpected(text.error());
        }
        std::size_t at = 0;
        int line = 0;
        for (std::size_t end = text->find('\n'); end != std::string::npos;
             end = text->find('\n', at)) {
            ++line;
            if (auto added = addEarlier(std::string_view(*text).substr(at, end - at)); !added) {
                Error error = added.error();
                error.detail = "line " + std::to_string(line) + ": " + error.detail;
                error.code = error.code == Errc::Damaged ? Errc::InvalidInput : error.code;
                error.subject = m_path.string();
                error.remedy = "name another file with --results";
                return tl::unexpected(error);
            }
            at = end + 1;
        }
        // What stands behind the last line end was being written when the program was killed.
        if (!isOurs(std::string_view(*text).substr(at))) {
            return fail(Errc::InvalidInput, "it is no file of results", m_path.string(),
                        "name another file with --results");
        }
        if (::ftruncate(m_file.get(), static_cast<off_t>(at)) != 0
            || ::lseek(m_file.get(), 0, SEEK_END) < 0) {
            return fail(Errc::Io, std::strerror(errno), m_path.string());
        }
        return {};
    }

    static bool isOurs(std::string_view rest)
    {
        constexpr std::string_view begin = "{\"schema\"";
        return rest.substr(0, begin.size()) == begin.substr(0, rest.size());
    }

    Result<void> addEarlier(std::string_view line)
    {
        auto reader = JsonReader::parse(line);
        if (!reader) {
            return tl::unexpected(reader.error());
        }
        int schema = 0;
        (*reader)("schema", schema);
        if (schema > kSchema) {
            return fail(Errc::Incompatible, "it was written by a newer version");
        }
        BatchResult result;
        fields(*reader, result);
        if (auto outcome = reader->outcome(); !outcome) {
            return outcome;
        }
        auto key = std::pair(result.name, result.key);
        m_earlier.insert_or_assign(std::move(key), std::move(result));
        return {};
    }

    fs::path m_path;
    FileDescriptor m_file;
    std::map<std::pair<std::string, std::string>, BatchResult> m_earlier;
};

std::string keyOf(const BatchCase &one, const ValidateOptions &how)
{
    std::string text = one.fault;
    for (const std::string &part :
         {one.oldCode, one.newCode, how.source.toString(), how.target.toString(),
          std::to_string(how.limits.wallSeconds), std::to_string(how.trace),
          std::to_string(how.isCudaOnCpu), std::to_string(how.isSandboxed)}) {
        text += '\0' + std::to_string(part.size()) + '\0' + part;
    }
    for (const fs::path &path : how.data) {
        text += '\0' + path.string();
    }
    constexpr std::size_t digits = 32;
    return sha256Hex(text).substr(0, digits);
}

Result<std::string> decoded(const std::string &bytes)
{
    return SourceFile::decode("case.py", bytes).map([](SourceFile file) {
        return std::move(file.text.utf8);
    });
}

// What is wrong with the surroundings meets every case.
bool concernsAll(Errc code)
{
    return code == Errc::Cancelled || code == Errc::MissingPart || code == Errc::Refused;
}

Result<BatchResult> runCase(Pipeline &pipeline, const BatchCase &one,
                            const ValidateOptions &options, const std::stop_token &stop)
{
    BatchResult result;
    result.name = one.name;
    result.fault = one.fault;
    if (!result.fault.empty()) {
        return result;
    }
    const auto oldCode = decoded(one.oldCode);
    const auto newCode = decoded(one.newCode);
    auto row = !oldCode ? Result<ResultRow>(tl::unexpected(oldCode.error()))
               : !newCode
                   ? Result<ResultRow>(tl::unexpected(newCode.error()))
                   : pipeline.validate(one.name, *oldCode, *newCode, nullptr, options, {}, stop);
    if (!row && concernsAll(row.error().code)) {
        return tl::unexpected(row.error());
    }
    if (!row) {
        result.fault = row.error().detail;
        return result;
    }
    row->file = one.name;
    for (std::optional<Run> *run : {&row->oldAtSource, &row->oldAtTarget, &row->newAtTarget}) {
        (*run)->variables.clear();
    }
    result.row = std::move(*row);
    return result;
}

} // namespace

fs::path resultsFileOf(const fs::path &cases)
{
    std::string name = cases.string();
    name.erase(name.find_last_not_of('/') + 1);
    return name + ".results.jsonl";
}

Result<std::vector<BatchResult>> runBatch(Pipeline &pipeline, const std::vector<BatchCase> &cases,
                                          const ValidateOptions &options,
                                          const fs::path &resultsFile,
                                          const BatchProgress &progress, std::stop_token stop)
{
    auto file = ResultsFile::open(resultsFile);
    if (!file) {
        return tl::unexpected(file.error());
    }
    std::vector<BatchResult> results;
    for (const BatchCase &one : cases) {
        const std::string key = keyOf(one, options);
        const BatchResult *earlier = file->find(one.name, key);
        if (earlier != nullptr) {
            results.push_back(*earlier);
        } else {
            if (results.size() + 1 < cases.size()) {
                pipeline.keepWarm(options.source, options.target); // while others are compared
            }
            auto result = runCase(pipeline, one, options, stop);
            if (!result) {
                return tl::unexpected(result.error());
            }
            result->key = key;
            if (auto added = file->add(*result); !added) {
                return tl::unexpected(added.error());
            }
            results.push_back(std::move(*result));
        }
        if (progress) {
            progress(results.back(), results.size(), cases.size(), earlier != nullptr);
        }
    }
    return results;
}

std::vector<ResultRow> rowsOf(const std::vector<BatchResult> &results)
{
    std::vector<ResultRow> rows;
    for (const BatchResult &result : results) {
        ResultRow named;
        named.api = result.name;
        named.file = result.name;
        rows.push_back(result.row.value_or(std::move(named)));
    }
    return rows;
}

} // namespace TorchLift
