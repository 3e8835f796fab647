#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace TorchLift {

/// Reads a Retry-After header in each of its forms: seconds (a fraction is rounded up) or an
/// HTTP date (IMF-fixdate, RFC 850, asctime), which is taken relative to `now`. A date that has
/// passed gives 0. Anything else, or more than a year, is nullopt. Independent of the locale.
[[nodiscard]] std::optional<std::chrono::seconds>
parseRetryAfter(std::string_view value, std::chrono::system_clock::time_point now);

/// The error that an HTTP status other than 2xx stands for: always Network, with the status, the
/// server's own words out of `body`, and as remedy what the user can do.
[[nodiscard]] Error errorOfStatus(int status, std::string_view body,
                                  std::optional<std::chrono::seconds> retryAfter);

} // namespace TorchLift
