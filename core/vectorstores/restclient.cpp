#include "vectorstores/restclient.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <random>

#include <nlohmann/json.hpp>

#include "base/logging.h"
#include "base/text.h"
#include "base/waiting.h"
#include "index/dotproduct.h"

namespace TorchLift {

namespace {

constexpr const char *kModule = "vectorstores";
constexpr std::size_t kMaxAnswer = std::size_t{256} << 20U;
constexpr std::size_t kMaxQuoted = 300; // of a server's own words

// Many clients that were turned away together must not come back together.
std::chrono::milliseconds jittered(std::chrono::milliseconds pause)
{
    static thread_local std::minstd_rand random{std::random_device{}()};
    std::uniform_real_distribution<double> share(0.5, 1.0);
    return std::chrono::milliseconds(
        static_cast<std::int64_t>(static_cast<double>(pause.count()) * share(random)));
}

void strike(std::string &text, const std::string &secret)
{
    for (std::size_t at = text.find(secret); !secret.empty() && at != std::string::npos;
         at = text.find(secret, at)) {
        text.replace(at, secret.size(), "*");
    }
}

// The end of a connection that breaks looks like the end of an answer without a length.
bool isCutOff(const RestAnswer &answer)
{
    return answer.status == 200 && !nlohmann::json::accept(answer.body);
}

bool mayPass(const Error &error)
{
    return error.code == Errc::Network || error.code == Errc::Timeout;
}

} // namespace

Result<std::unique_ptr<RestClient>> RestClient::open(const EngineOptions &options,
                                                     std::pair<std::string, std::string> header,
                                                     BusyCheck isBusy)
{
    auto http = HttpClient::open(options.network);
    if (!http) {
        return tl::unexpected(http.error());
    }
    std::unique_ptr<RestClient> client(new RestClient);
    client->m_http = std::move(*http);
    client->m_options = options;
    client->m_header = std::move(header);
    client->m_isBusy = std::move(isBusy);
    return client;
}

Result<RestAnswer> RestClient::send(const std::string &method, const std::string &url,
                                    const std::string &body, const std::stop_token &stop)
{
    HttpRequest request;
    request.method = method;
    request.url = url;
    request.body = body;
    request.maxBytes = kMaxAnswer;
    request.headers = {{"Accept", "application/json"}};
    if (!body.empty()) {
        request.headers.emplace_back("Content-Type", "application/json");
    }
    if (!m_options.key.empty()) {
        request.headers.push_back(m_header);
    }
    std::chrono::milliseconds pause = m_options.firstPause;
    for (int attempt = 1;; ++attempt) {
        auto response = m_http->send(request, stop);
        if (!response && !mayPass(response.error())) {
            return tl::unexpected(response.error());
        }
        Error error;
        std::chrono::milliseconds wanted = pause;
        if (response) {
            RestAnswer answer{response->status, std::move(response->body)};
            if (answer.status >= 400) {
                strike(answer.body, m_options.key);
            }
            const bool isBusy = answer.status == 429 || answer.status >= 500 || isCutOff(answer)
                                || (m_isBusy && m_isBusy(answer));
            if (answer.status == 401 || answer.status == 403) {
                return tl::unexpected(errorOfHttpStatus(answer.status, url));
            }
            if (!isBusy) {
                return answer;
            }
            error = unexpectedAnswer(url, answer);
            error.code = Errc::Network;
            error.remedy = "the server is busy or has a fault: try again later; what was "
                           "transferred stays";
            wanted = std::max<std::chrono::milliseconds>(
                pause, response->retryAfter(std::chrono::seconds(0), std::chrono::hours(1)));
        } else {
            error = response.error();
        }
        if (attempt >= m_options.attempts) {
            return tl::unexpected(error);
        }
        Log::debug(kModule, method + ' ' + url + ": " + error.detail + "; trying again");
        wanted = std::min(wanted, m_options.longestPause);
        if (!waitFor(wanted == pause ? jittered(wanted) : wanted, stop)) {
            return fail(Errc::Cancelled, "cancelled");
        }
        pause = std::min(2 * pause, m_options.longestPause);
    }
}

std::string jsonOfVector(std::span<const float> vector)
{
    std::string text = "[";
    std::array<char, 32> digits{};
    for (const float value : vector) {
        const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
        text += text.size() > 1 ? "," : "";
        text.append(digits.data(), end);
    }
    return text + ']';
}

Result<void> checkVector(std::span<const float> vector, std::size_t dimension)
{
    if (vector.size() != dimension) {
        return fail(Errc::InvalidArgument, "a vector of " + std::to_string(vector.size())
                                               + " numbers, and the collection holds "
                                               + std::to_string(dimension));
    }
    return areFinite(vector) ? Result<void>()
                             : fail(Errc::InvalidArgument, "a vector holds NaN or infinity");
}

std::int64_t numberOfVersion(const Version &version) noexcept
{
    constexpr std::int64_t part = 10'000; // Version::parse() takes no larger ones
    return (version.major * part + version.minor) * part + version.patch;
}

Error unexpectedAnswer(const std::string &url, const RestAnswer &answer)
{
    std::string words = toValidUtf8(answer.body.substr(0, kMaxQuoted));
    std::replace_if(
        words.begin(), words.end(), [](unsigned char c) { return c < 0x20 || c == 0x7F; }, ' ');
    return {answer.status >= 400 ? Errc::Network : Errc::Damaged,
            "the server answers with status " + std::to_string(answer.status)
                + (words.empty() ? "" : ": " + words),
            url,
            {}};
}

} // namespace TorchLift
