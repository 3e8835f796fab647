#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace TorchLift {

/// How the network is reached.
struct NetworkOptions
{
    std::string proxy; ///< http://HOST:PORT or socks5://HOST:PORT; empty: the system's
    std::filesystem::path certificates;    ///< PEM file of authorities trusted besides the system's
    std::chrono::seconds stallTimeout{30}; ///< without a byte for so long a request fails
};

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

struct HttpRequest
{
    std::string url; ///< http or https, without a password
    std::string method = "GET";
    HttpHeaders headers;
    std::string body;
    std::size_t maxBytes = 32U * 1024U * 1024U; ///< of the answer
};

/// What came before the body.
struct HttpHead
{
    int status = 0;
    HttpHeaders headers; ///< names in lower case
    std::string url;     ///< where redirects led

    /// Empty when it is missing; `name` in lower case.
    [[nodiscard]] std::string_view header(std::string_view name) const;
    /// Seconds that a Retry-After asks for, at most `most`; `otherwise` where there is none.
    [[nodiscard]] std::chrono::seconds retryAfter(std::chrono::seconds otherwise,
                                                  std::chrono::seconds most) const;
};

struct HttpResponse : HttpHead
{
    std::string body;
};

/// Called with the head before the first byte of the body, and with each piece of it. An error
/// ends the request and is what stream() returns.
using HeadCallback = std::function<Result<void>(const HttpHead &)>;
using BodyCallback = std::function<Result<void>(std::string_view)>;

/// Requests over HTTP, one at a time. A QCoreApplication must exist; calls block and run an event
/// loop of their own on the calling thread, any thread, always the same for one instance.
///
/// Redirects are followed up to five times, never from https to http. Beyond the first host and
/// port only headers that say nothing about the user go along: no Authorization, no keys. TLS
/// errors are never ignored, compressed answers neither asked for nor taken, a loopback address
/// is never reached through a proxy.
class HttpClient
{
public:
    /// Errors: NotFound, Unreadable for `certificates`; InvalidArgument for a proxy's address.
    [[nodiscard]] static Result<std::unique_ptr<HttpClient>> open(NetworkOptions options);
    ~HttpClient();
    HttpClient(const HttpClient &) = delete;
    HttpClient &operator=(const HttpClient &) = delete;

    /// Any status of the server is an answer. Errors: InvalidArgument for an address or header
    /// that cannot be; Network, Timeout, Cancelled; Refused for a redirect that is not followed or
    /// a certificate that is not trusted; TooLarge.
    [[nodiscard]] Result<HttpResponse> send(const HttpRequest &request, std::stop_token stop);

    /// The same, in pieces. Network also when the connection broke before the body's end.
    [[nodiscard]] Result<void> stream(const HttpRequest &request, const HeadCallback &onHead,
                                      const BodyCallback &onBody, std::stop_token stop);

private:
    class Impl;
    explicit HttpClient(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

/// The error that stands for a status that is no success: NotFound (404, 410), Refused (401, 403),
/// Network otherwise. `subject` is what was asked for.
[[nodiscard]] Error errorOfHttpStatus(int status, std::string subject);

} // namespace TorchLift
