#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <utility>

#include "base/result.h"
#include "base/version.h"
#include "download/httpclient.h"
#include "vectorstores/vectorstores.h"

namespace TorchLift {

/// What a server answered: any status that is not repeated.
struct RestAnswer
{
    int status = 0;
    std::string body;
};

/// JSON over HTTP to one engine. A request is sent again, after a pause that doubles, when the
/// connection breaks or stalls, on 429 and 5xx, after a 200 that is no JSON, and when `isBusy`
/// says so of an answer: all requests must bear that. The key is logged nowhere, nor shown where
/// the server repeats it.
class RestClient
{
public:
    using BusyCheck = std::function<bool(const RestAnswer &)>;

    /// `header` carries the key and goes along with every request.
    [[nodiscard]] static Result<std::unique_ptr<RestClient>>
    open(const EngineOptions &options, std::pair<std::string, std::string> header,
         BusyCheck isBusy = {});

    /// Errors: those of HttpClient::send(); Refused for 401 and 403; Network for what is still
    /// busy at the end.
    [[nodiscard]] Result<RestAnswer> send(const std::string &method, const std::string &url,
                                          const std::string &body, const std::stop_token &stop);

private:
    RestClient() = default;
    std::unique_ptr<HttpClient> m_http;
    EngineOptions m_options;
    std::pair<std::string, std::string> m_header;
    BusyCheck m_isBusy;
};

/// "[0.1,-0.25]": each float in the fewest digits that give it back.
[[nodiscard]] std::string jsonOfVector(std::span<const float> vector);

/// Errors: InvalidArgument for another dimension, or values that are not finite.
[[nodiscard]] Result<void> checkVector(std::span<const float> vector, std::size_t dimension);

/// A release as one number that compares like it, four digits a part: 1.13.2 is 1'0013'0002.
[[nodiscard]] std::int64_t numberOfVersion(const Version &version) noexcept;

/// What is said of an answer that is not what the protocol promises.
[[nodiscard]] Error unexpectedAnswer(const std::string &url, const RestAnswer &answer);

} // namespace TorchLift
