#include "corpus/githubreleases.h"

#include <charconv>
#include <map>

#include <nlohmann/json.hpp>

#include "base/files.h"
#include "base/text.h"
#include "base/waiting.h"
#include "corpus/notecutter.h"
#include "download/httpclient.h"

namespace TorchLift {

namespace {

using Json = nlohmann::json;
using std::chrono::seconds;

constexpr std::size_t kMaxPageBytes = 64U * 1024U * 1024U;

// What was got of one page. On disk: ETag, link to the next page and body, a line each.
struct Page
{
    std::string etag;
    std::string next; ///< empty: the last one
    std::string body;
};

// The address of `rel="next"` in a Link header (RFC 8288), empty without one.
std::string nextLink(std::string_view header)
{
    const std::size_t rel = header.find("rel=\"next\"");
    const std::size_t end = header.rfind('>', rel);
    const std::size_t begin = header.rfind('<', end);
    const bool isThere = rel != std::string_view::npos && end != std::string_view::npos
                         && begin != std::string_view::npos;
    return isThere ? std::string(header.substr(begin + 1, end - begin - 1)) : std::string();
}

seconds secondsUntilReset(const HttpHead &head)
{
    const std::string_view text = head.header("x-ratelimit-reset");
    long long at = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), at);
    const auto now =
        std::chrono::duration_cast<seconds>(std::chrono::system_clock::now().time_since_epoch());
    return error == std::errc() ? std::max(seconds(at) - now, seconds(0)) + seconds(1)
                                : seconds(60);
}

class ReleasePages
{
public:
    ReleasePages(HttpClient &client, const GitHubOptions &options, std::stop_token stop)
        : m_client(client)
        , m_options(options)
        , m_stop(std::move(stop))
    {}

    Result<Page> get(const std::string &url, bool &isUnchanged)
    {
        const auto file = m_options.cache / (sha256Hex(url).substr(0, 32) + ".page");
        const Page known = load(file);
        auto response = ask(url, known.etag);
        if (!response) {
            return tl::unexpected(response.error());
        }
        isUnchanged = response->status == 304;
        if (isUnchanged) {
            return known;
        }
        Page page{std::string(response->header("etag")), nextLink(response->header("link")),
                  std::move(response->body)};
        if (!page.next.empty() && !page.next.starts_with(m_options.api + '/')) {
            return fail(Errc::Network, "the next page is on another server: " + page.next, url);
        }
        auto kept = writeFileAtomically(file, page.etag + '\n' + page.next + '\n' + page.body);
        return kept ? Result<Page>(std::move(page)) : tl::unexpected(kept.error());
    }

private:
    // A page that is damaged or of another form counts as not there.
    static Page load(const std::filesystem::path &file)
    {
        auto bytes = readFile(file, kMaxPageBytes);
        const std::size_t first = bytes ? bytes->find('\n') : std::string::npos;
        const std::size_t second =
            first == std::string::npos ? first : bytes->find('\n', first + 1);
        if (second == std::string::npos || !Json::accept(bytes->substr(second + 1))) {
            return {};
        }
        return {bytes->substr(0, first), bytes->substr(first + 1, second - first - 1),
                bytes->substr(second + 1)};
    }

    Result<HttpResponse> ask(const std::string &url, const std::string &etag)
    {
        HttpRequest request;
        request.url = url;
        request.maxBytes = kMaxPageBytes;
        request.headers = {{"Accept", "application/vnd.github+json"}, {"User-Agent", "torchlift"}};
        if (!etag.empty()) {
            request.headers.emplace_back("If-None-Match", etag);
        }
        if (!m_options.token.empty()) {
            request.headers.emplace_back("Authorization", "Bearer " + m_options.token);
        }
        auto pause = m_options.pause;
        for (int attempt = 1;; ++attempt) {
            auto response = m_client.send(request, m_stop);
            if (response && response->status == 200 && !Json::accept(response->body)) {
                // A chunked body that ends with its connection may pass for a whole one.
                response = fail(Errc::Network, "the answer is no list of releases", url);
            }
            const bool isGood = response && (response->status == 200 || response->status == 304);
            if (isGood) {
                return response;
            }
            if (response && isRateLimit(*response)) {
                if (auto waited = waitForLimit(*response, url); !waited) {
                    return tl::unexpected(waited.error());
                }
                continue;
            }
            const bool mayHelp = response ? response->status >= 500
                                          : response.error().code == Errc::Network
                                                || response.error().code == Errc::Timeout;
            if (!mayHelp || attempt >= m_options.attempts) {
                return response ? tl::unexpected(errorOfHttpStatus(response->status, url))
                                : tl::unexpected(response.error());
            }
            if (!waitFor(pause, m_stop)) {
                return fail(Errc::Cancelled, "fetching releases was cancelled", url);
            }
            pause *= 2;
        }
    }

    static bool isRateLimit(const HttpHead &head)
    {
        return head.status == 429
               || (head.status == 403
                   && (head.header("x-ratelimit-remaining") == "0"
                       || !head.header("retry-after").empty()));
    }

    Result<void> waitForLimit(const HttpHead &head, const std::string &url)
    {
        const seconds wait = head.header("retry-after").empty()
                                 ? secondsUntilReset(head)
                                 : head.retryAfter(seconds(60), seconds(86400));
        if (wait > m_options.longestWait) {
            return fail(Errc::Network,
                        "the server's rate limit is used up for " + std::to_string(wait.count())
                            + " more seconds; what came so far is kept",
                        url, "wait, or give a token with --key-fd");
        }
        return waitFor(wait, m_stop)
                   ? Result<void>()
                   : fail(Errc::Cancelled, "fetching releases was cancelled", url);
    }

    HttpClient &m_client;
    const GitHubOptions &m_options;
    std::stop_token m_stop;
};

std::string textOf(const Json &release, const char *field)
{
    const auto found = release.find(field);
    return found != release.end() && found->is_string() ? found->get<std::string>() : "";
}

Result<void> addReleases(const Page &page, const std::string &source,
                         std::map<Version, int> &numbers, GitHubReleases &result)
{
    const Json list = Json::parse(page.body, nullptr, false);
    if (!list.is_array()) {
        return fail(Errc::Network, "the answer is no list of releases", source);
    }
    for (const Json &release : list) {
        if (!release.is_object()) {
            return fail(Errc::Network, "a release is no object", source);
        }
        const std::string tag = textOf(release, "tag_name");
        const auto version = Version::parse(tag);
        const bool isPublic = !release.value("draft", false) && !release.value("prerelease", false);
        if (!version || !isPublic) {
            result.skipped.push_back(tag);
            continue;
        }
        Chunk prototype;
        prototype.version = *version;
        prototype.releaseName = textOf(release, "name");
        prototype.source = source;
        prototype.isOriginal = true;
        const std::string text = toValidUtf8(textOf(release, "body"));
        cutNote(text, prototype, numbers[*version], result.chunks);
        ++result.releases;
    }
    return {};
}

} // namespace

Result<GitHubReleases> fetchGitHubReleases(HttpClient &client, const GitHubOptions &options,
                                           const ProgressCallback &progress, std::stop_token stop)
{
    std::error_code error;
    std::filesystem::create_directories(options.cache, error);
    ReleasePages pages(client, options, std::move(stop));
    GitHubReleases result;
    std::map<Version, int> numbers;
    const std::string source = "github:" + options.repository;
    std::string url = options.api + "/repos/" + options.repository
                      + "/releases?per_page=" + std::to_string(options.perPage) + "&page=1";
    constexpr std::size_t mostPages = 1000; // a server whose pages go in a circle
    while (!url.empty() && result.pages < mostPages) {
        if (progress) {
            progress({"downloading", static_cast<double>(result.pages), 0, "pages"});
        }
        bool isUnchanged = false;
        const auto page = pages.get(url, isUnchanged);
        if (!page) {
            return tl::unexpected(page.error());
        }
        if (auto added = addReleases(*page, source, numbers, result); !added) {
            return tl::unexpected(added.error());
        }
        ++result.pages;
        result.unchanged += isUnchanged ? 1 : 0;
        url = page->next;
    }
    dropRepeated(result.chunks);
    return result;
}

} // namespace TorchLift
