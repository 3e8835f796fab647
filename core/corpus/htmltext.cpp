#include "corpus/htmltext.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <utility>

#include "base/text.h"

namespace TorchLift {

namespace {

std::string lowered(std::string_view text)
{
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return out;
}

void appendUtf8(std::string &out, std::uint32_t code)
{
    if (code == 0 || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000)) {
        code = 0xFFFD;
    }
    if (code < 0x80) {
        out += static_cast<char>(code);
        return;
    }
    const int following = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    constexpr std::array<std::uint32_t, 4> heads = {0, 0xC0, 0xE0, 0xF0};
    out += static_cast<char>(heads[static_cast<std::size_t>(following)]
                             | code >> static_cast<unsigned>(6 * following));
    for (int i = following - 1; i >= 0; --i) {
        out += static_cast<char>(0x80U | ((code >> static_cast<unsigned>(6 * i)) & 0x3FU));
    }
}

// Writes the character for an entity's name ("amp", "#x2014"); false when there is none.
bool appendEntity(std::string &out, std::string_view name)
{
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 11> known = {
        {{"amp", "&"},
         {"lt", "<"},
         {"gt", ">"},
         {"quot", "\""},
         {"apos", "'"},
         {"nbsp", " "},
         {"para", ""}, // the sign of a permanent link behind a heading
         {"mdash", "\u2014"},
         {"ndash", "\u2013"},
         {"hellip", "\u2026"},
         {"rarr", "\u2192"}}};
    if (name.starts_with('#')) {
        const bool isHex = name.size() > 1 && (name[1] == 'x' || name[1] == 'X');
        const std::string_view digits = name.substr(isHex ? 2 : 1);
        std::uint32_t code = 0;
        const auto [end, error] =
            std::from_chars(digits.data(), digits.data() + digits.size(), code, isHex ? 16 : 10);
        if (error != std::errc() || end != digits.data() + digits.size()) {
            return false;
        }
        appendUtf8(out, code);
        return true;
    }
    const auto found = std::find_if(known.begin(), known.end(),
                                    [&](const auto &one) { return one.first == name; });
    if (found == known.end()) {
        return false;
    }
    out += found->second;
    return true;
}

std::string decoded(std::string_view text)
{
    constexpr std::size_t longest = 10;
    std::string out;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const std::size_t end = text[at] == '&' ? text.find(';', at) : std::string_view::npos;
        if (end != std::string_view::npos && end - at <= longest
            && appendEntity(out, text.substr(at + 1, end - at - 1))) {
            at = end;
        } else {
            out += text[at];
        }
    }
    return out;
}

class HtmlReader
{
public:
    explicit HtmlReader(std::string_view html)
        : m_html(html)
    {}

    std::string run()
    {
        while (m_at < m_html.size()) {
            const std::size_t tag = std::min(m_html.find('<', m_at), m_html.size());
            addText(decoded(m_html.substr(m_at, tag - m_at)));
            m_at = tag;
            if (tag < m_html.size()) {
                readTag();
            }
        }
        return std::move(m_out);
    }

private:
    void readTag()
    {
        if (m_html.substr(m_at).starts_with("<!--")) {
            skipPast("-->");
            return;
        }
        const std::size_t end = m_html.find('>', m_at);
        const bool isTag = end != std::string_view::npos && end > m_at + 1
                           && (m_html[m_at + 1] == '/' || m_html[m_at + 1] == '!'
                               || lowered(m_html.substr(m_at + 1, 1)) != "");
        if (!isTag) { // a lone angle bracket is text
            addText("<");
            ++m_at;
            return;
        }
        std::string_view inside = m_html.substr(m_at + 1, end - m_at - 1);
        m_at = end + 1;
        const bool isEnd = inside.starts_with('/');
        inside.remove_prefix(isEnd ? 1 : 0);
        const std::string name = lowered(inside.substr(0, inside.find_first_of(" \t\r\n/")));
        if (!isEnd && isSkipped(name)) {
            skipElement(name);
        } else {
            isEnd ? close(name) : open(name);
        }
    }

    static bool isSkipped(const std::string &name)
    {
        static constexpr std::array names = {"script", "style", "nav",   "header",
                                             "footer", "head",  "aside", "svg"};
        return std::find(names.begin(), names.end(), name) != names.end();
    }

    void skipPast(std::string_view mark)
    {
        const std::size_t found = m_html.find(mark, m_at);
        m_at = found == std::string_view::npos ? m_html.size() : found + mark.size();
    }

    void skipElement(const std::string &name)
    {
        const std::string mark = "</" + name;
        while (m_at < m_html.size()) {
            m_at = std::min(m_html.find("</", m_at), m_html.size());
            if (lowered(m_html.substr(m_at, mark.size())) == mark) {
                skipPast(">");
                return;
            }
            m_at = std::min(m_at + 2, m_html.size());
        }
    }

    void open(const std::string &name)
    {
        if (name == "pre") {
            startBlock("```\n");
            m_isPre = true;
        } else if (name == "code" && !m_isPre) {
            m_out += '`';
        } else if (name == "li") {
            startBlock("- ");
        } else if (name == "br") {
            m_out += '\n';
        } else if (name.size() == 2 && name[0] == 'h' && name[1] >= '1' && name[1] <= '6') {
            startBlock(std::string(static_cast<std::size_t>(name[1] - '0'), '#') + ' ');
        } else if (name == "p" || name == "div" || name == "tr" || name == "dt" || name == "dd"
                   || name == "section") {
            startBlock({});
        }
    }

    void close(const std::string &name)
    {
        if (name == "pre" && m_isPre) {
            m_isPre = false;
            m_out += m_out.ends_with('\n') ? "```\n\n" : "\n```\n\n";
        } else if (name == "code" && !m_isPre) {
            m_out += '`';
        } else if (name == "p" || name == "li" || name == "dd"
                   || (name.size() == 2 && name[0] == 'h')) {
            startBlock({});
        }
    }

    void startBlock(const std::string &mark)
    {
        if (m_isPre) {
            return;
        }
        while (m_out.ends_with(' ') || m_out.ends_with('\n')) {
            m_out.pop_back();
        }
        m_out += (m_out.empty() ? "" : "\n\n") + mark;
    }

    void addText(const std::string &text)
    {
        if (m_isPre) {
            m_out += text;
            return;
        }
        for (const char c : text) {
            const bool isSpace = c == ' ' || c == '\t' || c == '\n' || c == '\r';
            if (!isSpace) {
                m_out += c;
            } else if (!m_out.empty() && m_out.back() != ' ' && m_out.back() != '\n') {
                m_out += ' ';
            }
        }
    }

    std::string_view m_html;
    std::size_t m_at = 0;
    bool m_isPre = false;
    std::string m_out;
};

} // namespace

std::string markdownOfHtml(std::string_view html)
{
    return HtmlReader(html).run();
}

} // namespace TorchLift
