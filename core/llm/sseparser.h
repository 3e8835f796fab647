#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace TorchLift {

/// One server-sent event: its `data:` lines joined by \n. Bytes, not checked to be UTF-8.
struct SseEvent
{
    std::string type; ///< the `event:` field; empty when there was none
    std::string data;

    bool operator==(const SseEvent &) const = default;
};

/// Takes a stream of server-sent events apart (WHATWG HTML, "Server-sent events"), however its
/// bytes are cut: line ends CR, LF and CRLF in any mix, a byte order mark, comments, unknown
/// fields. Events without data are dropped, as the standard asks. Holds one event at most.
class SseParser
{
public:
    static constexpr std::size_t kMaxEventBytes = 10U * 1024U * 1024U;

    /// Reads on; gives the events that became complete. Errors: TooLarge for an event (or a
    /// line) above kMaxEventBytes; the parser must not be used afterwards.
    [[nodiscard]] Result<std::vector<SseEvent>> feed(std::string_view bytes);

    /// The stream has ended. Unlike the standard this gives a last event that lacks its blank
    /// line: servers forget it.
    [[nodiscard]] std::vector<SseEvent> finish();

private:
    void endLine(std::vector<SseEvent> &out);
    void dispatch(std::vector<SseEvent> &out);

    std::string m_line; // without its line end, as far as it came
    SseEvent m_event;
    bool m_hasData = false;
    bool m_isFirstLine = true;
    bool m_skipsLineFeed = false; // the last byte was a CR: an LF now belongs to it
};

} // namespace TorchLift
