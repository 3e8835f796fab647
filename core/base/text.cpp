#include "base/text.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <regex>

namespace TorchLift {

namespace {

constexpr std::string_view kUtf8Bom = "\xEF\xBB\xBF";
constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

// Length of the valid UTF-8 sequence at `at`, 0 where there is none (RFC 3629: no overlong
// forms, no surrogates, nothing above U+10FFFF).
std::size_t sequenceLength(std::string_view text, std::size_t at) noexcept
{
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const auto isTail = [&](std::size_t i) {
        return i < text.size() && (byte(i) & 0xC0U) == 0x80U;
    };
    const unsigned char lead = byte(at);
    if (lead < 0x80) {
        return 1;
    }
    if (lead >= 0xC2 && lead <= 0xDF) {
        return isTail(at + 1) ? 2 : 0;
    }
    if ((lead & 0xF0U) == 0xE0U) {
        if (!isTail(at + 1) || !isTail(at + 2)) {
            return 0;
        }
        const unsigned char second = byte(at + 1);
        const bool isOverlong = lead == 0xE0 && second < 0xA0;
        const bool isSurrogate = lead == 0xED && second >= 0xA0;
        return isOverlong || isSurrogate ? 0 : 3;
    }
    if (lead >= 0xF0 && lead <= 0xF4) {
        if (!isTail(at + 1) || !isTail(at + 2) || !isTail(at + 3)) {
            return 0;
        }
        const unsigned char second = byte(at + 1);
        const bool isOverlong = lead == 0xF0 && second < 0x90;
        const bool isTooHigh = lead == 0xF4 && second >= 0x90;
        return isOverlong || isTooHigh ? 0 : 4;
    }
    return 0;
}

std::string latin1ToUtf8(std::string_view bytes)
{
    std::string out;
    out.reserve(bytes.size() + bytes.size() / 8);
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x80) {
            out += c;
        } else {
            out += static_cast<char>(0xC0U | (byte >> 6U));
            out += static_cast<char>(0x80U | (byte & 0x3FU));
        }
    }
    return out;
}

// PEP 263: the first line may name the encoding, or the second where the first holds no code.
std::optional<std::string> declaredEncoding(std::string_view bytes)
{
    static const std::regex pattern(R"(^[ \t\f]*#.*?coding[:=][ \t]*([-_.a-zA-Z0-9]+))");
    for (int line = 0; line < 2 && !bytes.empty(); ++line) {
        const std::size_t end = std::min(bytes.find_first_of("\r\n"), bytes.size());
        const std::string text(bytes.substr(0, std::min<std::size_t>(end, 500)));
        std::smatch match;
        if (std::regex_search(text, match, pattern)) {
            std::string name = match[1];
            std::transform(name.begin(), name.end(), name.begin(),
                           [](unsigned char c) { return c == '_' ? '-' : std::tolower(c); });
            return name;
        }
        const std::size_t first = text.find_first_not_of(" \t\f");
        if (first != std::string::npos && text[first] != '#') {
            break;
        }
        const std::size_t next = bytes.substr(end).starts_with("\r\n") ? end + 2 : end + 1;
        bytes.remove_prefix(std::min(next, bytes.size()));
    }
    return std::nullopt;
}

bool namesLatin1(const std::string &name)
{
    // Emacs appends the kind of line end: "latin-1-unix".
    for (const std::string_view family : {"latin-1-", "iso-8859-1-", "iso-latin-1-"}) {
        if (name.starts_with(family)) {
            return true;
        }
    }
    return name == "latin-1" || name == "latin1" || name == "iso-8859-1" || name == "iso8859-1"
           || name == "iso-latin-1" || name == "l1" || name == "cp819";
}

} // namespace

const std::string &LocalizedText::in(std::string_view language) const
{
    return language.starts_with("ru") && !ru.empty() ? ru : en;
}

bool isValidUtf8(std::string_view bytes) noexcept
{
    for (std::size_t at = 0; at < bytes.size();) {
        const std::size_t length = sequenceLength(bytes, at);
        if (length == 0) {
            return false;
        }
        at += length;
    }
    return true;
}

bool isDigit(char c) noexcept
{
    return c >= '0' && c <= '9';
}

bool isNameCharacter(char c) noexcept
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || isDigit(c) || c == '_';
}

std::string joined(const std::vector<std::string> &words, std::string_view between)
{
    std::string text;
    for (std::size_t i = 0; i < words.size(); ++i) {
        text.append(i == 0 ? "" : between).append(words[i]);
    }
    return text;
}

std::string toValidUtf8(std::string_view bytes)
{
    std::string out;
    out.reserve(bytes.size());
    for (std::size_t at = 0; at < bytes.size();) {
        const std::size_t length = sequenceLength(bytes, at);
        out += length == 0 ? kReplacement : bytes.substr(at, length);
        at += std::max<std::size_t>(length, 1);
    }
    return out;
}

Result<SourceText> decodeSource(std::string_view bytes)
{
    if (bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF")) {
        return fail(Errc::InvalidInput, "the file is UTF-16 or UTF-32: save it as UTF-8 first");
    }
    SourceText source;
    if (bytes.starts_with(kUtf8Bom)) {
        source.hasBom = true;
        bytes.remove_prefix(kUtf8Bom.size());
    }
    if (bytes.find('\0') != std::string_view::npos) {
        return fail(Errc::InvalidInput,
                    "the file holds NUL bytes: it is binary, not Python source");
    }
    const std::optional<std::string> declared = declaredEncoding(bytes);
    const bool saysLatin1 = declared && namesLatin1(*declared) && !source.hasBom;
    if (!saysLatin1 && isValidUtf8(bytes)) {
        source.utf8 = bytes;
        return source;
    }
    source.encoding = SourceText::Encoding::Latin1;
    source.utf8 = latin1ToUtf8(bytes);
    return source;
}

Result<std::string> encodeSource(std::string_view utf8, const SourceText &original)
{
    std::string out;
    if (original.hasBom) {
        out += kUtf8Bom;
    }
    if (original.encoding == SourceText::Encoding::Utf8) {
        out += utf8;
        return out;
    }
    for (std::size_t at = 0; at < utf8.size();) {
        const std::size_t length = sequenceLength(utf8, at);
        const auto lead = static_cast<unsigned char>(utf8[at]);
        if (length == 1) {
            out += utf8[at];
        } else if (length == 2 && lead <= 0xC3) {
            out += static_cast<char>(((lead & 0x03U) << 6U)
                                     | (static_cast<unsigned char>(utf8[at + 1]) & 0x3FU));
        } else {
            return fail(Errc::InvalidInput,
                        "the text holds a character that the file's encoding (Latin-1) lacks");
        }
        at += length;
    }
    return out;
}

LineIndex::LineIndex(std::string_view text)
{
    m_starts.push_back(0);
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] != '\n' && text[at] != '\r') {
            continue;
        }
        m_ends.push_back(at);
        if (text[at] == '\r' && at + 1 < text.size() && text[at + 1] == '\n') {
            ++at;
        }
        m_starts.push_back(at + 1);
    }
    m_ends.push_back(text.size());
}

int LineIndex::lineOf(std::size_t offset) const noexcept
{
    const auto after = std::upper_bound(m_starts.begin(), m_starts.end(), offset);
    return static_cast<int>(after - m_starts.begin());
}

ByteSpan LineIndex::spanOf(int line) const noexcept
{
    if (line < 1 || static_cast<std::size_t>(line) > m_starts.size()) {
        return {};
    }
    const auto index = static_cast<std::size_t>(line - 1);
    return {m_starts[index], m_ends[index]};
}

} // namespace TorchLift
