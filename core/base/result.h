#pragma once

#include <string>
#include <utility>

#include <tl/expected.hpp>

namespace TorchLift {

/// What kind of failure happened; closed set, views translate it.
enum class Errc {
    Cancelled,       ///< the caller's stop token was triggered
    InvalidArgument, ///< the caller asked for something that makes no sense (usage)
    InvalidInput,    ///< the user's file or text cannot be processed
    NotFound,        ///< a file or named thing does not exist
    Unreadable,      ///< it exists but may not or cannot be read
    Io,              ///< writing failed: disk full, read-only, vanished
    TooLarge,        ///< above a stated limit
    Damaged,         ///< checksum or structure is wrong
    Incompatible,    ///< written by a newer version, or for another model
    MissingPart,     ///< an environment, model or tool is not installed
    Network,         ///< the other side could not be reached or answered badly
    Timeout,         ///< a stated time limit passed
    Refused,         ///< not done for safety: no sandbox, uncommitted changes
    Internal,        ///< our own mistake
};

/// The stable English name of `code`, as logs and JSON show it.
[[nodiscard]] const char *errcName(Errc code) noexcept;

/// A failure. `detail` is English, for log and terminal; views translate `code` and show
/// `subject` (a path or name, may be empty) beside it. `remedy` is a command or an action
/// that helps, empty where there is none.
struct Error
{
    Errc code = Errc::Internal;
    std::string detail;
    std::string subject;
    std::string remedy;
};

/// A value, or why there is none.
template <typename T>
using Result = tl::expected<T, Error>;

/// Shorthand for returning a failure: `return fail(Errc::NotFound, "no such file", path);`
[[nodiscard]] inline tl::unexpected<Error> fail(Errc code, std::string detail,
                                                std::string subject = {}, std::string remedy = {})
{
    return tl::unexpected<Error>(
        Error{code, std::move(detail), std::move(subject), std::move(remedy)});
}

} // namespace TorchLift
