#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace TorchLift {

/// A half-open range of bytes of a text: [begin, end).
struct ByteSpan
{
    std::size_t begin = 0;
    std::size_t end = 0;

    auto operator<=>(const ByteSpan &) const = default;
    [[nodiscard]] std::size_t size() const noexcept { return end - begin; }
    [[nodiscard]] bool contains(const ByteSpan &other) const noexcept
    {
        return begin <= other.begin && other.end <= end;
    }
    [[nodiscard]] bool overlaps(const ByteSpan &other) const noexcept
    {
        return begin < other.end && other.begin < end;
    }
};

/// A sentence in the interface's two languages. Neither may be empty in shipped data.
struct LocalizedText
{
    std::string en;
    std::string ru;

    bool operator==(const LocalizedText &) const = default;
    /// The text in `language` ("ru", "ru_RU" ...: Russian; anything else: English).
    [[nodiscard]] const std::string &in(std::string_view language) const;
};

/// Source code as it was read: UTF-8 text for analysis, and what is needed to write the same
/// bytes again. Spans everywhere refer to `utf8`, which never includes the byte order mark.
struct SourceText
{
    enum class Encoding { Utf8, Latin1 };

    std::string utf8;
    Encoding encoding = Encoding::Utf8;
    bool hasBom = false;
};

/// Decodes the bytes of a Python file: a UTF-8 BOM, a PEP 263 coding line (utf-8, latin-1 and
/// their aliases), otherwise UTF-8, otherwise Latin-1.
/// Errors: InvalidInput for NUL bytes (binary) or a UTF-16/32 BOM.
[[nodiscard]] Result<SourceText> decodeSource(std::string_view bytes);

/// The inverse: `utf8` (possibly edited) in the encoding and with the BOM of `original`.
/// Errors: InvalidInput when a character does not exist in that encoding.
[[nodiscard]] Result<std::string> encodeSource(std::string_view utf8, const SourceText &original);

[[nodiscard]] bool isValidUtf8(std::string_view bytes) noexcept;

/// Replaces every byte sequence that is not UTF-8 by U+FFFD, for showing foreign output.
[[nodiscard]] std::string toValidUtf8(std::string_view bytes);

/// ASCII letters, digits and the underscore: what Python's names are made of, but for letters of
/// other scripts.
[[nodiscard]] bool isNameCharacter(char c) noexcept;

/// 0 to 9, whatever the locale.
[[nodiscard]] bool isDigit(char c) noexcept;

/// `words` with `between` between each two.
[[nodiscard]] std::string joined(const std::vector<std::string> &words, std::string_view between);

/// Byte offset to line number (from 1) and back. Lines end at \n, \r\n or a lone \r.
class LineIndex
{
public:
    explicit LineIndex(std::string_view text);

    [[nodiscard]] std::size_t lineCount() const noexcept { return m_starts.size(); }
    /// The line (from 1) that holds byte `offset`; offsets past the end give the last line.
    [[nodiscard]] int lineOf(std::size_t offset) const noexcept;
    /// Bytes of `line` (from 1) without its line end. Lines out of range give an empty span.
    [[nodiscard]] ByteSpan spanOf(int line) const noexcept;

private:
    std::vector<std::size_t> m_starts; // byte offset at which each line begins
    std::vector<std::size_t> m_ends;   // byte offset of its line end
};

} // namespace TorchLift
