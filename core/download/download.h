#pragma once

#include <cstdint>
#include <filesystem>
#include <stop_token>
#include <string>

#include "base/progress.h"
#include "base/result.h"
#include "download/httpclient.h"

namespace TorchLift {

/// What a file must be, as its source names it.
struct Checksum
{
    enum class Kind {
        None,
        Sha256,
        GitBlob, ///< SHA-1 over "blob SIZE\0" and the bytes, as Git and model hubs name files
    };
    Kind kind = Kind::None;
    std::string hex; ///< lower case

    /// Errors: those of readFile.
    [[nodiscard]] Result<bool> matches(const std::filesystem::path &file) const;
};

struct DownloadRequest
{
    std::string url;
    std::filesystem::path target; ///< its folder exists
    std::uint64_t size = 0;       ///< 0: not known
    Checksum checksum;
    HttpHeaders headers;               ///< those that name the user go to the first host only
    std::string stage = "downloading"; ///< of the progress, in "bytes"
    int attempts = 5;                  ///< in a row without a new byte
};

/// Gets a file. What arrived before the connection broke, the program was stopped or killed stays
/// beside the target as TARGET.part, and the next call goes on from there (Range, If-Range). The
/// target appears whole and checked, or not at all; one that is there and right is left alone.
/// Errors: those of HttpClient; Damaged for a wrong checksum or length after a second try from
/// the start; Io when the disk is full or cannot be written (room is looked at first).
[[nodiscard]] Result<void> download(HttpClient &client, const DownloadRequest &request,
                                    const ProgressCallback &progress, std::stop_token stop);

} // namespace TorchLift
