#include "llm/sseparser.h"

#include <algorithm>
#include <utility>

namespace TorchLift {

namespace {

constexpr std::string_view kBom = "\xEF\xBB\xBF";

} // namespace

Result<std::vector<SseEvent>> SseParser::feed(std::string_view bytes)
{
    std::vector<SseEvent> out;
    while (!bytes.empty()) {
        if (std::exchange(m_skipsLineFeed, false) && bytes.front() == '\n') {
            bytes.remove_prefix(1);
            continue;
        }
        const std::size_t end = std::min(bytes.find_first_of("\r\n"), bytes.size());
        if (m_line.size() + m_event.data.size() + end > kMaxEventBytes) {
            return fail(Errc::TooLarge, "an event of the answer is larger than 10 MiB");
        }
        m_line += bytes.substr(0, end);
        if (end == bytes.size()) {
            break;
        }
        m_skipsLineFeed = bytes[end] == '\r';
        bytes.remove_prefix(end + 1);
        endLine(out);
    }
    return out;
}

std::vector<SseEvent> SseParser::finish()
{
    std::vector<SseEvent> out;
    if (!m_line.empty()) {
        endLine(out);
    }
    dispatch(out);
    return out;
}

void SseParser::endLine(std::vector<SseEvent> &out)
{
    std::string_view line = m_line;
    if (std::exchange(m_isFirstLine, false) && line.starts_with(kBom)) {
        line.remove_prefix(kBom.size());
    }
    if (line.empty()) {
        dispatch(out);
        m_line.clear();
        return;
    }
    const std::size_t colon = line.find(':');
    const std::string_view field = line.substr(0, colon);
    std::string_view value = colon == std::string_view::npos ? "" : line.substr(colon + 1);
    if (value.starts_with(' ')) {
        value.remove_prefix(1);
    }
    if (field == "data") { // a comment has an empty field name
        if (std::exchange(m_hasData, true)) {
            m_event.data += '\n';
        }
        m_event.data += value;
    } else if (field == "event") {
        m_event.type = value;
    }
    m_line.clear();
}

void SseParser::dispatch(std::vector<SseEvent> &out)
{
    if (std::exchange(m_hasData, false)) {
        out.push_back(std::move(m_event));
    }
    m_event = {};
}

} // namespace TorchLift
