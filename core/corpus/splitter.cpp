#include "corpus/splitter.h"

#include <algorithm>
#include <deque>

namespace TorchLift {

namespace {

std::size_t codePoints(std::string_view text)
{
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
    }));
}

// Bytes of the white space character (Unicode's White_Space and the separators U+001C to U+001F)
// that starts at `at`; 0: there is none.
std::size_t whiteSpaceAt(std::string_view text, std::size_t at)
{
    const auto c = static_cast<unsigned char>(text[at]);
    if (c < 0x80) {
        return c == ' ' || (c >= 0x09 && c <= 0x0D) || (c >= 0x1C && c <= 0x1F) ? 1 : 0;
    }
    static constexpr std::string_view wide[] = {"\u0085", "\u00a0", "\u1680", "\u2000", "\u2001",
                                                "\u2002", "\u2003", "\u2004", "\u2005", "\u2006",
                                                "\u2007", "\u2008", "\u2009", "\u200a", "\u2028",
                                                "\u2029", "\u202f", "\u205f", "\u3000"};
    const auto *found = std::find_if(std::begin(wide), std::end(wide), [&](std::string_view space) {
        return text.substr(at).starts_with(space);
    });
    return found == std::end(wide) ? 0 : found->size();
}

ByteSpan trimmed(std::string_view text, ByteSpan span)
{
    std::size_t end = span.begin; // behind the last character that is no white space
    bool hasBegun = false;
    for (std::size_t at = span.begin; at < span.end;) {
        const std::size_t space = whiteSpaceAt(text, at);
        if (space == 0) {
            if (!hasBegun) {
                span.begin = at;
                hasBegun = true;
            }
            end = at + 1;
        }
        at += std::max<std::size_t>(space, 1);
    }
    span.end = hasBegun ? end : span.begin;
    return span;
}

// A stretch of the text with its length in code points.
struct Piece
{
    ByteSpan span;
    std::size_t length = 0;
};

class Splitter
{
public:
    Splitter(std::string_view text, const SplitOptions &options)
        : m_text(text)
        , m_options(options)
    {}

    std::vector<ByteSpan> run()
    {
        split({0, m_text.size()}, 0);
        return std::move(m_chunks);
    }

private:
    // Cuts `span` at the first of the separators from `level` on that occurs in it.
    void split(ByteSpan span, std::size_t level)
    {
        const std::string_view text = m_text.substr(span.begin, span.size());
        const auto &separators = m_options.separators;
        std::size_t chosen = level;
        while (chosen + 1 < separators.size()
               && text.find(separators[chosen]) == std::string::npos) {
            ++chosen;
        }
        const std::size_t finer = separators[chosen].empty() ? separators.size() : chosen + 1;
        std::vector<Piece> small;
        for (const Piece &piece : pieces(span, separators[chosen])) {
            if (piece.length < m_options.chunkSize) {
                small.push_back(piece);
                continue;
            }
            merge(small);
            small.clear();
            if (finer >= separators.size()) {
                m_chunks.push_back(piece.span);
            } else {
                split(piece.span, finer);
            }
        }
        merge(small);
    }

    // Pieces of `span`; a separator belongs to the piece that it begins.
    [[nodiscard]] std::vector<Piece> pieces(ByteSpan span, const std::string &separator) const
    {
        std::vector<Piece> found;
        const auto add = [&](std::size_t begin, std::size_t end) {
            if (begin < end) {
                found.push_back({{begin, end}, codePoints(m_text.substr(begin, end - begin))});
            }
        };
        std::size_t begin = span.begin;
        const std::string_view text = m_text.substr(0, span.end);
        if (separator.empty()) {
            for (std::size_t at = begin + 1; at <= span.end; ++at) {
                if (at == span.end || (static_cast<unsigned char>(text[at]) & 0xC0U) != 0x80U) {
                    add(begin, at);
                    begin = at;
                }
            }
            return found;
        }
        std::size_t at = text.find(separator, span.begin);
        while (at != std::string_view::npos) {
            add(begin, at);
            begin = at;
            at = text.find(separator, at + separator.size());
        }
        add(begin, span.end);
        return found;
    }

    // Joins neighbours up to the chunk size; each chunk begins with up to `overlap` of the last.
    void merge(const std::vector<Piece> &small)
    {
        std::deque<Piece> current;
        std::size_t total = 0;
        const auto finish = [&] {
            if (current.empty()) {
                return;
            }
            const ByteSpan span =
                trimmed(m_text, {current.front().span.begin, current.back().span.end});
            if (span.size() > 0) {
                m_chunks.push_back(span);
            }
        };
        for (const Piece &piece : small) {
            if (total + piece.length > m_options.chunkSize) {
                finish();
                while (total > m_options.overlap
                       || (total + piece.length > m_options.chunkSize && total > 0)) {
                    total -= current.front().length;
                    current.pop_front();
                }
            }
            current.push_back(piece);
            total += piece.length;
        }
        finish();
    }

    std::string_view m_text;
    const SplitOptions &m_options;
    std::vector<ByteSpan> m_chunks;
};

} // namespace

std::vector<ByteSpan> splitRecursively(std::string_view text, const SplitOptions &options)
{
    if (options.separators.empty() || options.chunkSize == 0) {
        return {};
    }
    return Splitter(text, options).run();
}

} // namespace TorchLift
