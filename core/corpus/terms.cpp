#include "corpus/terms.h"

#include <algorithm>
#include <array>
#include <memory>
#include <set>
#include <utility>

#include <libstemmer.h>

#include "base/text.h"

namespace TorchLift {

namespace {

bool isLower(char c)
{
    return c >= 'a' && c <= 'z';
}
bool isUpper(char c)
{
    return c >= 'A' && c <= 'Z';
}
// Letters of other scripts, too.
bool isWordCharacter(char c)
{
    return isNameCharacter(c) || static_cast<unsigned char>(c) >= 0x80;
}

// Names with their dots, as "torch.nn" or "softmax"; no leading or trailing dot.
std::vector<std::string_view> dottedNames(std::string_view text)
{
    std::vector<std::string_view> names;
    for (std::size_t at = 0; at < text.size();) {
        if (!isWordCharacter(text[at])) {
            ++at;
            continue;
        }
        const std::size_t begin = at;
        while (at < text.size()
               && (isWordCharacter(text[at])
                   || (text[at] == '.' && at + 1 < text.size() && isWordCharacter(text[at + 1])))) {
            ++at;
        }
        names.push_back(text.substr(begin, at - begin));
    }
    return names;
}

std::vector<std::string_view> cutAt(std::string_view text, char separator)
{
    std::vector<std::string_view> parts;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(separator), text.size());
        if (end > 0) {
            parts.push_back(text.substr(0, end));
        }
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return parts;
}

// "DataParallel" to "Data", "Parallel"; "HTTPServer" to "HTTP", "Server".
std::vector<std::string_view> cutAtCase(std::string_view word)
{
    std::vector<std::string_view> parts;
    std::size_t begin = 0;
    for (std::size_t i = 1; i < word.size(); ++i) {
        const bool isBump =
            isUpper(word[i])
            && (isLower(word[i - 1]) || (i + 1 < word.size() && isLower(word[i + 1])));
        if (isBump) {
            parts.push_back(word.substr(begin, i - begin));
            begin = i;
        }
    }
    parts.push_back(word.substr(begin));
    return parts;
}

std::string lowered(std::string_view text)
{
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(),
                   [](char c) { return isUpper(c) ? static_cast<char>(c + 32) : c; });
    return out;
}

// Snowball's stemmer of one language. Each thread has its own: it works in a buffer of its own.
class Stemmer
{
public:
    explicit Stemmer(const char *language)
        : m_stemmer(sb_stemmer_new(language, "UTF_8"))
    {}

    // What the word's inflected forms share; `word` is in lower case.
    std::string stem(const std::string &word)
    {
        const auto *bytes = reinterpret_cast<const sb_symbol *>(word.data());
        const sb_symbol *found =
            m_stemmer ? sb_stemmer_stem(m_stemmer.get(), bytes, static_cast<int>(word.size()))
                      : nullptr;
        if (found == nullptr) { // no memory
            return word;
        }
        return {reinterpret_cast<const char *>(found),
                static_cast<std::size_t>(sb_stemmer_length(m_stemmer.get()))};
    }

private:
    struct Deleter
    {
        void operator()(sb_stemmer *stemmer) const { sb_stemmer_delete(stemmer); }
    };
    std::unique_ptr<sb_stemmer, Deleter> m_stemmer;
};

// In lower case; empty for a word that is not Cyrillic throughout. UTF-8 writes its letters in two
// bytes.
std::string loweredRussian(std::string_view word)
{
    std::string letters;
    for (std::size_t i = 0; i < word.size(); i += 2) {
        auto first = static_cast<unsigned char>(word[i]);
        auto second = i + 1 < word.size() ? static_cast<unsigned char>(word[i + 1]) : 0U;
        if ((first != 0xD0 && first != 0xD1) || (second & 0xC0U) != 0x80) {
            return {};
        }
        if (first == 0xD0 && second >= 0x90 && second <= 0xAF) { // capitals
            first = second >= 0xA0 ? 0xD1 : 0xD0;
            second = second >= 0xA0 ? second - 0x20 : second + 0x20;
        } else if (first == 0xD0 && second == 0x81) { // Ё
            first = 0xD1;
            second = 0x91;
        }
        if (first == 0xD1 && second == 0x91) { // often written without its dots
            first = 0xD0;
            second = 0xB5;
        }
        letters += static_cast<char>(first);
        letters += static_cast<char>(second);
    }
    return letters;
}

// What all forms of a Russian word share; empty for other words: FTS5's own stemmer does English.
std::string stemOf(std::string_view word)
{
    thread_local Stemmer russian("russian");
    const std::string cyrillic = loweredRussian(word);
    return cyrillic.empty() ? std::string() : russian.stem(cyrillic);
}

void addWord(std::string_view word, std::vector<std::string> &terms)
{
    terms.push_back(lowered(word));
    if (std::string stem = stemOf(word); !stem.empty()) {
        terms.push_back(std::move(stem));
    }
}

} // namespace

std::vector<std::string> lexicalTerms(std::string_view text)
{
    std::vector<std::string> terms;
    for (const std::string_view name : dottedNames(text)) {
        const auto words = cutAt(name, '.');
        if (words.size() > 1) {
            terms.push_back(lowered(name));
        }
        for (const std::string_view word : words) {
            addWord(word, terms);
            const auto parts = cutAt(word, '_');
            for (const std::string_view part : parts) {
                const auto humps = cutAtCase(part);
                if (parts.size() > 1) {
                    addWord(part, terms);
                }
                for (std::size_t i = 0; i < humps.size() && humps.size() > 1; ++i) {
                    addWord(humps[i], terms);
                }
            }
        }
    }
    return terms;
}

std::vector<std::string> symbolsOf(std::string_view text)
{
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 6> shortForms = {
        {{"np.", "numpy."},
         {"nn.", "torch.nn."},
         {"F.", "torch.nn.functional."},
         {"optim.", "torch.optim."},
         {"Tensor.", "torch.Tensor."},
         {"autograd.", "torch.autograd."}}};
    static constexpr std::array<std::string_view, 4> roots = {"torch.", "torchvision.",
                                                              "torchaudio.", "numpy."};
    std::set<std::string> symbols;
    for (const std::string_view name : dottedNames(text)) {
        std::string full(name);
        for (const auto &[from, to] : shortForms) {
            if (name.starts_with(from)) {
                full = std::string(to) + full.substr(from.size());
                break;
            }
        }
        const bool isKnown = std::any_of(roots.begin(), roots.end(), [&](std::string_view root) {
            return full.starts_with(root);
        });
        if (isKnown) {
            symbols.insert(std::move(full));
        }
    }
    return {symbols.begin(), symbols.end()};
}

std::vector<std::string> memberNamesOf(std::string_view text)
{
    std::set<std::string> names;
    int depth = 0; // of brackets: an assignment's name is a variable of the code's own
    for (std::size_t at = 0; at < text.size();) {
        const char c = text[at];
        depth += c == '(' ? 1 : c == ')' && depth > 0 ? -1 : 0;
        if (!isWordCharacter(c)) {
            ++at;
            continue;
        }
        const std::size_t begin = at;
        while (at < text.size() && isWordCharacter(text[at])) {
            ++at;
        }
        const std::string_view after = text.substr(at, 2);
        const bool isKeyword = depth > 0 && after.starts_with('=') && after != "==";
        const bool isMember = begin > 0 && text[begin - 1] == '.';
        if ((isMember || isKeyword) && !isDigit(c)) {
            names.emplace(text.substr(begin, at - begin));
        }
    }
    return {names.begin(), names.end()};
}

std::vector<std::string> pullRequestsOf(std::string_view text)
{
    constexpr std::size_t shortest = 2; // one digit is a list's number, not a pull request
    constexpr std::size_t longest = 7;
    std::set<std::pair<std::size_t, std::string>> found; // by length, then text: by number
    for (std::size_t at = 0; at < text.size(); ++at) {
        const bool isLink = text.substr(at).starts_with("/pull/");
        if (text[at] != '#' && !isLink) {
            continue;
        }
        const std::size_t begin = at + (isLink ? std::string_view("/pull/").size() : 1);
        std::size_t end = begin;
        while (end < text.size() && isDigit(text[end])) {
            ++end;
        }
        const std::size_t digits = end - begin;
        const bool isWhole = end == text.size() || !isWordCharacter(text[end]);
        if (digits >= shortest && digits <= longest && isWhole) {
            found.emplace(digits, '#' + std::string(text.substr(begin, digits)));
        }
    }
    std::vector<std::string> out;
    for (const auto &[length, text_] : found) {
        out.push_back(text_);
    }
    return out;
}

} // namespace TorchLift
