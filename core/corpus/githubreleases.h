#pragma once

#include <chrono>
#include <filesystem>
#include <stop_token>
#include <string>
#include <vector>

#include "base/progress.h"
#include "base/result.h"
#include "corpus/chunk.h"

namespace TorchLift {

class HttpClient;

struct GitHubOptions
{
    std::string api = "https://api.github.com"; ///< without a slash at its end
    std::string repository = "pytorch/pytorch";
    std::string token;           ///< sent as a header only; may be empty
    std::filesystem::path cache; ///< pages with their ETags are kept here
    int perPage = 30;
    int attempts = 5;                      ///< for a page whose connection breaks
    std::chrono::milliseconds pause{1000}; ///< before the second attempt; doubles
    std::chrono::seconds longestWait{900}; ///< for the rate limit to be lifted
};

struct GitHubReleases
{
    std::vector<Chunk> chunks; ///< source "github:OWNER/NAME", originals
    std::size_t releases = 0;
    std::size_t pages = 0;
    std::size_t unchanged = 0;        ///< pages that the server said are as they were
    std::vector<std::string> skipped; ///< tags without a version, drafts, previews
};

/// The notes of all releases, from the releases API page by page. A page that was got before is
/// asked for with its ETag, and not sent again unless it changed: after a broken connection, a
/// kill or a rate limit the next call goes on where this one ended. A rate limit is waited for
/// when it ends soon enough.
/// Errors: those of HttpClient; Network for a limit that lasts longer (the detail says until
/// when) or an answer that is no list of releases; Cancelled; Io.
[[nodiscard]] Result<GitHubReleases> fetchGitHubReleases(HttpClient &client,
                                                         const GitHubOptions &options,
                                                         const ProgressCallback &progress,
                                                         std::stop_token stop);

} // namespace TorchLift
