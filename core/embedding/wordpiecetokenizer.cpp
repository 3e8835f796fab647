#include "embedding/wordpiecetokenizer.h"

#include <algorithm>
#include <utf8proc.h>

#include "base/text.h"
#include "embedding/newcharacters.h"
#include "embedding/vocabularyfile.h"

namespace TorchLift {

namespace {

constexpr std::string_view kContinuation = "##";

enum SpecialToken : std::size_t { Unknown, Classify, Separate, Pad, Mask };

bool isIn(utf8proc_int32_t c, utf8proc_int32_t first, utf8proc_int32_t last)
{
    return c >= first && c <= last;
}

// The blocks that BERT calls Chinese; kana and Hangul are not among them.
bool isCjk(utf8proc_int32_t c)
{
    return isIn(c, 0x4E00, 0x9FFF) || isIn(c, 0x3400, 0x4DBF) || isIn(c, 0x20000, 0x2A6DF)
           || isIn(c, 0x2A700, 0x2B73F) || isIn(c, 0x2B740, 0x2B81F) || isIn(c, 0x2B920, 0x2CEAF)
           || isIn(c, 0xF900, 0xFAFF) || isIn(c, 0x2F800, 0x2FA1F);
}

bool isSpace(utf8proc_int32_t c)
{
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
        return true;
    }
    const utf8proc_category_t category = utf8proc_category(c);
    return category == UTF8PROC_CATEGORY_ZS || category == UTF8PROC_CATEGORY_ZL
           || category == UTF8PROC_CATEGORY_ZP;
}

// What cleaning drops. Unassigned code points stay: the reference keeps them too.
bool isDropped(utf8proc_int32_t c)
{
    if (c == 0 || c == 0xFFFD) {
        return true;
    }
    const utf8proc_category_t category = utf8proc_category(c);
    return category == UTF8PROC_CATEGORY_CC || category == UTF8PROC_CATEGORY_CF
           || category == UTF8PROC_CATEGORY_CO;
}

bool isPunctuation(utf8proc_int32_t c)
{
    if (c < 0x80) { // BERT counts every ASCII sign that is no letter or digit
        return isIn(c, 33, 47) || isIn(c, 58, 64) || isIn(c, 91, 96) || isIn(c, 123, 126);
    }
    const utf8proc_category_t category = utf8proc_category(c);
    return category >= UTF8PROC_CATEGORY_PC && category <= UTF8PROC_CATEGORY_PO;
}

// Bytes of the character that starts with `lead`, in valid UTF-8.
std::size_t lengthOf(char lead)
{
    const auto byte = static_cast<unsigned char>(lead);
    return byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
}

} // namespace

// Collects the characters of one word, and hands it on at its end.
class WordPieceTokenizer::Words
{
public:
    Words(const WordPieceTokenizer &tokenizer, std::vector<std::int32_t> &ids)
        : m_tokenizer(tokenizer)
        , m_ids(ids)
    {}

    void append(utf8proc_int32_t c)
    {
        if (c < 0x80) {
            m_word += static_cast<char>(c);
        } else {
            std::array<utf8proc_uint8_t, 4> bytes{};
            const utf8proc_ssize_t length = utf8proc_encode_char(c, bytes.data());
            m_word.append(bytes.begin(), bytes.begin() + length);
        }
        ++m_chars;
    }

    void end()
    {
        if (!m_word.empty()) {
            m_tokenizer.addWord(m_word, m_chars, m_ids);
            m_word.clear();
            m_chars = 0;
        }
    }

    void add(std::int32_t id)
    {
        end();
        m_ids.push_back(id);
    }

    [[nodiscard]] std::size_t count() const { return m_ids.size(); }

private:
    const WordPieceTokenizer &m_tokenizer;
    std::vector<std::int32_t> &m_ids;
    std::string m_word;
    std::size_t m_chars = 0;
};

WordPieceTokenizer::WordPieceTokenizer(std::string vocabulary, WordPieceOptions options)
    : m_text(std::move(vocabulary))
    , m_options(std::move(options))
{
    std::string_view rest = m_text;
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find('\n'), rest.size());
        std::string_view token = rest.substr(0, end);
        if (token.ends_with('\r')) {
            token.remove_suffix(1);
        }
        const auto id = static_cast<std::int32_t>(m_size++);
        m_longest = std::max(m_longest, token.size());
        m_starts[token] = id;
        if (token.starts_with(kContinuation)) {
            m_continuations[token.substr(kContinuation.size())] = id;
        }
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
}

Result<std::unique_ptr<WordPieceTokenizer>>
WordPieceTokenizer::load(const std::filesystem::path &vocabulary, WordPieceOptions options)
{
    auto lines = readWordPieceVocabulary(vocabulary);
    if (!lines) {
        return tl::unexpected(lines.error());
    }
    std::unique_ptr<WordPieceTokenizer> tokenizer(
        new WordPieceTokenizer(std::move(*lines), std::move(options)));
    const WordPieceOptions &names = tokenizer->m_options;
    const std::array texts = {&names.unknown, &names.classify, &names.separate, &names.pad,
                              &names.mask};
    for (std::size_t i = 0; i < texts.size(); ++i) {
        const auto found = tokenizer->m_starts.find(*texts[i]);
        if (found == tokenizer->m_starts.end()) {
            return fail(Errc::Damaged, "the vocabulary lacks " + *texts[i], vocabulary.string());
        }
        tokenizer->m_special[i] = {*texts[i], found->second};
    }
    return tokenizer;
}

TokenIds WordPieceTokenizer::encode(std::string_view text, std::size_t maxTokens) const
{
    std::string repaired;
    if (!isValidUtf8(text)) {
        repaired = toValidUtf8(text);
        text = repaired;
    }
    TokenIds tokens{{m_special[Classify].id}, false};
    std::vector<std::int32_t> &ids = tokens.ids;
    Words words(*this, ids);
    // Special tokens are looked for in the raw text, before anything is cleaned.
    std::size_t plain = 0;
    for (std::size_t at = 0; at < text.size() && (maxTokens == 0 || ids.size() < maxTokens);) {
        const auto special = std::find_if(m_special.begin(), m_special.end(), [&](const auto &s) {
            return text.substr(at).starts_with(s.text);
        });
        if (special == m_special.end()) {
            // A long text is handed on in lines, so that the cut is noticed early.
            const bool isLineEnd = text[at++] == '\n';
            if (isLineEnd) {
                addText(text.substr(plain, at - plain), words);
                plain = at;
            }
            continue;
        }
        addText(text.substr(plain, at - plain), words);
        words.add(special->id);
        at += special->text.size();
        plain = at;
    }
    if (maxTokens == 0 || ids.size() < maxTokens) {
        addText(text.substr(plain), words);
        words.end();
    }
    if (maxTokens != 0 && ids.size() + 1 > maxTokens) {
        tokens.isCut = true;
        ids.resize(maxTokens - 1);
    }
    ids.push_back(m_special[Separate].id);
    return tokens;
}

void WordPieceTokenizer::addText(std::string_view text, Words &words) const
{
    const bool stripsAccents = m_options.stripsAccents.value_or(m_options.isLowerCased);
    const auto addCharacter = [&](utf8proc_int32_t c) {
        if (stripsAccents && c >= 0x80 && utf8proc_category(c) == UTF8PROC_CATEGORY_MN) {
            return;
        }
        if (m_options.isLowerCased) {
            if (c == 0x130) { // the only letter whose lower case is two characters
                words.append('i');
                words.append(0x307);
                return;
            }
            c = c < 0x80 ? (isIn(c, 'A', 'Z') ? c + 32 : c) : utf8proc_tolower(c);
        }
        if (isPunctuation(c)) {
            words.end();
            words.append(c);
            words.end();
        } else {
            words.append(c);
        }
    };
    for (std::size_t at = 0; at < text.size();) {
        utf8proc_int32_t c = 0;
        const auto length = static_cast<utf8proc_ssize_t>(lengthOf(text[at]));
        utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t *>(text.data()) + at, length, &c);
        at += static_cast<std::size_t>(length);
        if (c >= 0x21 && c < 0x7F) {
            addCharacter(c);
            continue;
        }
        if (isNewerThanReference(c)) {
            words.append(c);
            continue;
        }
        if (isSpace(c)) {
            words.end();
            continue;
        }
        if (isDropped(c)) {
            continue;
        }
        const bool isWord = m_options.spacesCjk && isCjk(c);
        if (isWord) {
            words.end();
        }
        if (stripsAccents) {
            std::array<utf8proc_int32_t, 32> parts{};
            int boundary = 0;
            const utf8proc_ssize_t count = utf8proc_decompose_char(
                c, parts.data(), parts.size(),
                static_cast<utf8proc_option_t>(UTF8PROC_DECOMPOSE | UTF8PROC_STABLE), &boundary);
            for (utf8proc_ssize_t i = 0; i < count; ++i) {
                addCharacter(parts[static_cast<std::size_t>(i)]);
            }
        } else {
            addCharacter(c);
        }
        if (isWord) {
            words.end();
        }
    }
}

void WordPieceTokenizer::addWord(std::string_view word, std::size_t chars,
                                 std::vector<std::int32_t> &ids) const
{
    const std::size_t before = ids.size();
    const auto giveUp = [&] {
        ids.resize(before);
        ids.push_back(m_special[Unknown].id);
    };
    if (chars > m_options.maxWordChars) {
        giveUp();
        return;
    }
    for (std::size_t begin = 0; begin < word.size();) {
        const auto &known = begin == 0 ? m_starts : m_continuations;
        std::size_t length = std::min(word.size() - begin, m_longest);
        while (length > 0) {
            const bool isBoundary =
                begin + length == word.size()
                || (static_cast<unsigned char>(word[begin + length]) & 0xC0U) != 0x80U;
            if (isBoundary) {
                if (const auto found = known.find(word.substr(begin, length));
                    found != known.end()) {
                    ids.push_back(found->second);
                    break;
                }
            }
            --length;
        }
        if (length == 0) {
            giveUp();
            return;
        }
        begin += length;
    }
}

} // namespace TorchLift
