#include "retrieval/citations.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "corpus/terms.h"

namespace TorchLift {

namespace {

// Blanks out fenced blocks and `code` in sentences. An open one reaches to the end.
std::string proseOf(std::string_view markdown)
{
    std::string prose;
    while (!markdown.empty()) {
        const std::size_t tick = std::min(markdown.find('`'), markdown.size());
        prose += markdown.substr(0, tick);
        markdown.remove_prefix(tick);
        const std::size_t length = std::min(markdown.find_first_not_of('`'), markdown.size());
        if (length == 0) {
            break;
        }
        const std::string_view fence = markdown.substr(0, length);
        const std::size_t end = markdown.find(fence, length);
        prose += ' ';
        markdown.remove_prefix(end == std::string_view::npos ? markdown.size() : end + length);
    }
    return prose;
}

// The numbers of a mark whose "[" is at `at`; empty where it is none.
std::vector<std::size_t> numbersOfMark(std::string_view text, std::size_t at)
{
    constexpr std::size_t mostDigits = 4;
    constexpr std::size_t longest = 64;
    const std::size_t close = text.substr(at, longest).find(']');
    const std::size_t end = close == std::string_view::npos ? close : at + close;
    const bool isIndex = at > 0 && (isNameCharacter(text[at - 1]) || text[at - 1] == ')');
    if (end == std::string_view::npos || isIndex) {
        return {};
    }
    std::vector<std::size_t> numbers;
    std::string digits;
    for (const char c : text.substr(at + 1, end - at)) {
        if (isDigit(c) && digits.size() < mostDigits) {
            digits += c;
        } else if ((c == ',' || c == ';' || c == ']') && !digits.empty()) {
            numbers.push_back(std::stoul(digits));
            digits.clear();
        } else if (c != ' ') {
            return {};
        }
    }
    return numbers;
}

std::vector<std::string> addressesIn(std::string_view text)
{
    std::vector<std::string> addresses;
    for (const std::string_view scheme : {"http://", "https://"}) {
        for (std::size_t at = text.find(scheme); at != std::string_view::npos;
             at = text.find(scheme, at + 1)) {
            std::string_view address = text.substr(at);
            address = address.substr(0, address.find_first_of(" \t\r\n<>()[]\"'`|"));
            while (!address.empty()
                   && std::string_view(".,;:!?").find(address.back()) != std::string_view::npos) {
                address.remove_suffix(1);
            }
            addresses.emplace_back(address);
        }
    }
    return addresses;
}

void addOnce(std::string text, std::vector<std::string> &list)
{
    if (std::find(list.begin(), list.end(), text) == list.end()) {
        list.push_back(std::move(text));
    }
}

class Checker
{
public:
    Checker(std::span<const RankedChunk> chunks, const Timeline *timeline)
        : m_chunks(chunks)
        , m_timeline(timeline)
    {
        for (const RankedChunk &ranked : chunks) {
            const Chunk &chunk = ranked.chunk;
            m_names.insert(chunk.symbols.begin(), chunk.symbols.end());
            m_pullRequests.insert(chunk.pullRequests.begin(), chunk.pullRequests.end());
            for (std::string &name : symbolsOf(chunk.text)) {
                m_names.insert(std::move(name));
            }
            for (std::string &number : pullRequestsOf(chunk.text)) {
                m_pullRequests.insert(std::move(number));
            }
        }
    }

    CitationCheck run(std::string_view answer)
    {
        const std::string prose = proseOf(answer);
        visitMarks(prose);
        for (std::string &number : pullRequestsOf(prose)) {
            if (!m_pullRequests.contains(number)) {
                addOnce(std::move(number), m_check.invented);
            }
        }
        for (std::string &address : addressesIn(prose)) {
            const bool isKnown = std::any_of(m_chunks.begin(), m_chunks.end(), [&](const auto &c) {
                return c.chunk.text.find(address) != std::string::npos;
            });
            if (!isKnown) {
                addOnce(std::move(address), m_check.invented);
            }
        }
        for (std::string &name : symbolsOf(answer)) {
            if (!m_names.contains(name) && !isInTimeline(name)) {
                m_check.unknown.push_back(std::move(name));
            }
        }
        return std::move(m_check);
    }

private:
    void visitMarks(std::string_view prose)
    {
        for (std::size_t at = prose.find('['); at != std::string_view::npos;
             at = prose.find('[', at + 1)) {
            for (const std::size_t number : numbersOfMark(prose, at)) {
                if (number == 0 || number > m_chunks.size()) {
                    addOnce('[' + std::to_string(number) + ']', m_check.invented);
                } else if (std::find(m_check.cited.begin(), m_check.cited.end(), number)
                           == m_check.cited.end()) {
                    m_check.cited.push_back(number);
                }
            }
        }
    }

    [[nodiscard]] bool isInTimeline(const std::string &name) const
    {
        return m_timeline != nullptr && (m_timeline->lookup(name) || !m_timeline->covers(name));
    }

    std::span<const RankedChunk> m_chunks;
    const Timeline *m_timeline;
    std::set<std::string, std::less<>> m_names;
    std::set<std::string, std::less<>> m_pullRequests;
    CitationCheck m_check;
};

} // namespace

CitationCheck checkCitations(std::string_view answer, std::span<const RankedChunk> chunks,
                             const Timeline *timeline)
{
    return Checker(chunks, timeline).run(answer);
}

} // namespace TorchLift
