#include "download/download.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <optional>
#include <utility>

#include <QCryptographicHash>
#include <QFile>
#include <fcntl.h>
#include <unistd.h>

#include "base/files.h"
#include "base/logging.h"
#include "base/waiting.h"

namespace TorchLift {

namespace {

constexpr const char *kModule = "download";
constexpr std::size_t kMaxTagBytes = 1024;

void removeQuietly(const std::filesystem::path &file)
{
    std::error_code ignored;
    std::filesystem::remove(file, ignored);
}

std::uint64_t sizeOf(const std::filesystem::path &file)
{
    std::error_code error;
    const auto size = std::filesystem::file_size(file, error);
    return error ? 0 : size;
}

Error ioError(const std::filesystem::path &file)
{
    // NOLINTNEXTLINE(concurrency-mt-unsafe): glibc's strerror is thread-safe
    return {Errc::Io, std::strerror(errno), file.string(), {}};
}

/// The file that grows.
class PartialFile
{
public:
    explicit PartialFile(std::filesystem::path path)
        : m_path(std::move(path))
    {}
    ~PartialFile() { close(); }
    PartialFile(const PartialFile &) = delete;
    PartialFile &operator=(const PartialFile &) = delete;

    Result<void> open(bool isFresh)
    {
        close();
        m_fd = ::open(m_path.c_str(), // NOLINT(cppcoreguidelines-pro-type-vararg)
                      O_WRONLY | O_CREAT | O_CLOEXEC | O_APPEND | (isFresh ? O_TRUNC : 0), 0666);
        return m_fd >= 0 ? Result<void>() : tl::unexpected(ioError(m_path));
    }

    Result<void> write(std::string_view bytes)
    {
        while (!bytes.empty()) {
            const ssize_t written = ::write(m_fd, bytes.data(), bytes.size());
            if (written < 0 && errno != EINTR) {
                return tl::unexpected(ioError(m_path));
            }
            bytes.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(written, 0)));
        }
        return {};
    }

    Result<void> sync()
    {
        return m_fd < 0 || ::fsync(m_fd) == 0 ? Result<void>() : tl::unexpected(ioError(m_path));
    }

    void close()
    {
        if (m_fd >= 0) {
            ::close(std::exchange(m_fd, -1));
        }
    }

private:
    std::filesystem::path m_path;
    int m_fd = -1;
};

// "bytes 100-199/200": the first byte and the whole length (0: not told).
std::optional<std::pair<std::uint64_t, std::uint64_t>> contentRange(std::string_view text)
{
    const auto number = [](std::string_view digits) -> std::optional<std::uint64_t> {
        std::uint64_t value = 0;
        const auto [end, error] =
            std::from_chars(digits.data(), digits.data() + digits.size(), value);
        const bool isWhole = error == std::errc() && end == digits.data() + digits.size();
        return isWhole ? std::optional(value) : std::nullopt;
    };
    constexpr std::string_view unit = "bytes ";
    const std::size_t dash = text.find('-');
    const std::size_t slash = text.find('/');
    if (!text.starts_with(unit) || dash == std::string_view::npos
        || slash == std::string_view::npos) {
        return std::nullopt;
    }
    const auto first = number(text.substr(unit.size(), dash - unit.size()));
    const std::string_view total = text.substr(slash + 1);
    const auto whole = total == "*" ? std::optional<std::uint64_t>(0) : number(total);
    return first && whole ? std::optional(std::pair(*first, *whole)) : std::nullopt;
}

/// One download with its tries.
class Download
{
public:
    Download(HttpClient &client, const DownloadRequest &request, const ProgressCallback &progress,
             std::stop_token stop)
        : m_client(client)
        , m_request(request)
        , m_progress(progress)
        , m_stop(std::move(stop))
        , m_part(request.target.string() + ".part")
        , m_tag(request.target.string() + ".part.etag")
        , m_file(m_part)
    {}

    Result<void> run()
    {
        for (int failures = 0;;) {
            const std::uint64_t before = sizeOf(m_part);
            auto done = isWhole(before) ? Result<void>() : attempt(before);
            if (done) {
                done = finish();
                if (done || done.error().code != Errc::Damaged || std::exchange(m_isSecond, true)) {
                    return done;
                }
                Log::warning(kModule, done.error().subject + ": wrong checksum; once more");
                continue;
            }
            const Errc code = done.error().code;
            const bool mayRetry = code == Errc::Network || code == Errc::Timeout;
            failures = sizeOf(m_part) > before ? 1 : failures + 1;
            if (!mayRetry || failures >= m_request.attempts) {
                return done;
            }
            Log::debug(kModule, done.error().detail + "; trying again");
            if (!waitFor(std::max(m_pause, std::chrono::seconds(failures - 1)), m_stop)) {
                return fail(Errc::Cancelled, "cancelled");
            }
        }
    }

private:
    [[nodiscard]] bool isWhole(std::uint64_t have) const
    {
        return m_request.size != 0 && have == m_request.size;
    }

    Result<void> attempt(std::uint64_t have)
    {
        m_pause = {};
        if (m_request.size != 0 && have > m_request.size) {
            have = 0;
        }
        const auto tag = readFile(m_tag, kMaxTagBytes);
        // Without its mark or a checksum nothing says that it is still the same file.
        if (!tag && m_request.checksum.kind == Checksum::Kind::None) {
            have = 0;
        }
        if (auto room = checkRoom(have); !room) {
            return room;
        }
        HttpRequest request;
        request.url = m_request.url;
        request.headers = m_request.headers;
        if (have > 0) {
            request.headers.emplace_back("Range", "bytes=" + std::to_string(have) + "-");
            if (tag && !tag->empty()) {
                request.headers.emplace_back("If-Range", *tag);
            }
        }
        const auto done = m_client.stream(
            request, [&](const HttpHead &head) { return begin(head, have); },
            [&](std::string_view bytes) { return append(bytes); }, m_stop);
        if (!done) {
            return done;
        }
        if (m_total != 0 && m_have != m_total) {
            return fail(Errc::Network, "the connection ended before the file did",
                        m_request.target.filename().string());
        }
        return {};
    }

    Result<void> checkRoom(std::uint64_t have) const
    {
        std::error_code error;
        const auto space = std::filesystem::space(m_request.target.parent_path(), error);
        if (!error && m_request.size > have && space.available < m_request.size - have) {
            return fail(Errc::Io,
                        "not enough room: " + std::to_string((m_request.size - have) >> 20U)
                            + " MB are needed, " + std::to_string(space.available >> 20U)
                            + " MB are free",
                        m_request.target.parent_path().string());
        }
        return {};
    }

    Result<void> begin(const HttpHead &head, std::uint64_t have)
    {
        constexpr std::chrono::seconds longest(60);
        const auto range = contentRange(head.header("content-range"));
        if (head.status == 416 || (head.status == 206 && (!range || range->first != have))) {
            removeQuietly(m_part); // it is not what the server has: from the start
            return fail(Errc::Network, "the server cannot go on where it stopped", m_request.url);
        }
        if (head.status != 200 && head.status != 206) {
            m_pause = head.retryAfter(std::chrono::seconds(1), longest);
            return tl::unexpected(
                errorOfHttpStatus(head.status, m_request.target.filename().string()));
        }
        const bool isFresh = head.status == 200;
        m_have = isFresh ? 0 : have;
        std::uint64_t length = 0;
        const std::string_view text = head.header("content-length");
        std::from_chars(text.data(), text.data() + text.size(), length);
        const std::uint64_t told = isFresh ? length : range->second;
        if (told != 0 && m_request.size != 0 && told != m_request.size) {
            return fail(Errc::Damaged, "the server has a file of another length",
                        m_request.target.filename().string());
        }
        m_total = m_request.size != 0 ? m_request.size : told;
        if (isFresh) { // a weak mark does not promise equal bytes
            const std::string_view mark = head.header("etag");
            removeQuietly(m_tag);
            if (!mark.empty() && mark.size() <= kMaxTagBytes && !mark.starts_with("W/")) {
                static_cast<void>(writeFileAtomically(m_tag, mark));
            }
        }
        return m_file.open(isFresh);
    }

    Result<void> append(std::string_view bytes)
    {
        if (m_total != 0 && m_have + bytes.size() > m_total) {
            return fail(Errc::Damaged, "more came than the file holds",
                        m_request.target.filename().string());
        }
        if (auto written = m_file.write(bytes); !written) {
            return written;
        }
        m_have += bytes.size();
        if (m_progress) {
            m_progress({m_request.stage, static_cast<double>(m_have), static_cast<double>(m_total),
                        "bytes"});
        }
        return {};
    }

    Result<void> finish()
    {
        if (auto synced = m_file.sync(); !synced) {
            return synced;
        }
        m_file.close();
        const auto isRight = m_request.checksum.matches(m_part);
        if (!isRight) {
            return tl::unexpected(isRight.error());
        }
        if (!*isRight) {
            removeQuietly(m_part);
            removeQuietly(m_tag);
            return fail(Errc::Damaged, "what arrived has the wrong checksum",
                        m_request.target.filename().string());
        }
        std::error_code error;
        std::filesystem::rename(m_part, m_request.target, error);
        if (error) {
            return fail(Errc::Io, error.message(), m_request.target.string());
        }
        removeQuietly(m_tag);
        const int folder = ::open(m_request.target.parent_path().c_str(), // NOLINT(*-vararg)
                                  O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (folder >= 0) {
            ::fsync(folder);
            ::close(folder);
        }
        return {};
    }

    HttpClient &m_client;
    const DownloadRequest &m_request;
    const ProgressCallback &m_progress;
    std::stop_token m_stop;
    std::filesystem::path m_part;
    std::filesystem::path m_tag;
    PartialFile m_file;
    std::uint64_t m_have = 0;
    std::uint64_t m_total = 0;
    std::chrono::seconds m_pause{};
    bool m_isSecond = false;
};

Result<std::string> gitBlobOf(const std::filesystem::path &path)
{
    QFile file(QString::fromStdString(path.string()));
    if (!file.open(QIODevice::ReadOnly)) {
        return fail(Errc::Unreadable, file.errorString().toStdString(), path.string());
    }
    QCryptographicHash hash(QCryptographicHash::Sha1);
    const QByteArray head = "blob " + QByteArray::number(file.size());
    hash.addData(QByteArrayView(head.constData(), head.size() + 1)); // with its closing zero
    hash.addData(&file);
    return hash.result().toHex().toStdString();
}

} // namespace

Result<bool> Checksum::matches(const std::filesystem::path &file) const
{
    if (kind == Kind::None) {
        return true;
    }
    const auto found = kind == Kind::Sha256 ? sha256HexOfFile(file) : gitBlobOf(file);
    return found ? Result<bool>(*found == hex) : tl::unexpected(found.error());
}

Result<void> download(HttpClient &client, const DownloadRequest &request,
                      const ProgressCallback &progress, std::stop_token stop)
{
    std::error_code ignored;
    if (request.checksum.kind != Checksum::Kind::None
        && std::filesystem::is_regular_file(request.target, ignored)) {
        if (const auto isRight = request.checksum.matches(request.target); isRight && *isRight) {
            return {};
        }
    }
    return Download(client, request, progress, std::move(stop)).run();
}

} // namespace TorchLift
