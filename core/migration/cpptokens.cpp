#include "migration/cpptokens.h"

#include <algorithm>
#include <optional>

namespace TorchLift {

namespace {

bool isNameStart(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

class Tokenizer
{
public:
    explicit Tokenizer(std::string_view code)
        : m_code(code)
    {}

    CppTokens run()
    {
        while (m_at < m_code.size()) {
            step();
        }
        return std::move(m_out);
    }

private:
    [[nodiscard]] char peek(std::size_t ahead = 0) const
    {
        return m_at + ahead < m_code.size() ? m_code[m_at + ahead] : '\0';
    }

    [[nodiscard]] bool isNext(std::string_view text) const
    {
        return m_code.substr(m_at).starts_with(text);
    }

    void step()
    {
        const char c = peek();
        if (c == '\n') {
            m_isLineStart = true;
            ++m_at;
        } else if (c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v') {
            ++m_at;
        } else if (c == '\\') { // a splice: the line goes on
            ++m_at;
            m_at += peek() == '\r' ? 1 : 0;
            m_at += peek() == '\n' ? 1 : 0;
        } else if (isNext("//")) {
            skipLine();
        } else if (isNext("/*")) {
            const std::size_t end = m_code.find("*/", m_at + 2);
            m_at = end == std::string_view::npos ? m_code.size() : end + 2;
        } else if (c == '#' && m_isLineStart) {
            directive();
        } else {
            m_isLineStart = false;
            token();
        }
    }

    // To the end of the line, which a splice moves on.
    void skipLine()
    {
        while (m_at < m_code.size() && m_code[m_at] != '\n') {
            const bool isSplice = m_code[m_at] == '\\' && (peek(1) == '\n' || peek(1) == '\r');
            m_at += isSplice && peek(1) == '\r' && peek(2) == '\n' ? 3 : isSplice ? 2 : 1;
        }
        m_at = std::min(m_at, m_code.size());
    }

    void skipBlanks()
    {
        while (peek() == ' ' || peek() == '\t') {
            ++m_at;
        }
    }

    std::string_view name()
    {
        const std::size_t begin = m_at;
        while (isNameStart(peek()) || isDigit(peek())) {
            ++m_at;
        }
        return m_code.substr(begin, m_at - begin);
    }

    void directive()
    {
        ++m_at;
        skipBlanks();
        const std::string_view word = name();
        skipBlanks();
        const std::size_t begin = m_at;
        m_isLineStart = false;
        if (word == "include") {
            include();
        } else if (word == "define") {
            m_out.defined.emplace(name()); // what it stands for is read as code
        } else if (word.starts_with("if") || word.starts_with("el") || word == "endif") {
            skipLine();
            condition(word, m_code.substr(begin, m_at - begin));
        } else if (word == "error" || word == "warning" || word == "pragma" || word == "undef") {
            skipLine();
        }
    }

    void include()
    {
        const char close = peek() == '<' ? '>' : peek();
        const std::size_t end = m_code.find_first_of(std::string("\n") + close, m_at + 1);
        if ((close == '>' || close == '"') && end != std::string_view::npos
            && m_code[end] == close) {
            add(CppToken::Kind::Include, m_at + 1, end);
            m_at = end + 1;
        }
        skipLine();
    }

    void condition(std::string_view word, std::string_view text)
    {
        const bool asksForVersion = text.find("TORCH") != std::string_view::npos
                                    && (text.find("VERSION") != std::string_view::npos
                                        || text.find("OLD") != std::string_view::npos
                                        || text.find("LEGACY") != std::string_view::npos);
        if (word.starts_with("if")) {
            m_conditions.push_back(asksForVersion);
        } else if (word == "endif" && !m_conditions.empty()) {
            m_conditions.pop_back();
        } else if (word == "elif" && !m_conditions.empty()) {
            m_conditions.back() = m_conditions.back() || asksForVersion;
        }
    }

    void token()
    {
        const std::size_t begin = m_at;
        const char c = peek();
        if (isNameStart(c)) {
            name();
            const std::string_view word = m_code.substr(begin, m_at - begin);
            const bool isPrefix = word == "u8" || word == "u" || word == "U" || word == "L";
            if (peek() == '"' && word.ends_with('R') && word.size() <= 3) {
                rawString();
            } else if ((peek() == '"' || peek() == '\'') && isPrefix) {
                quoted();
            } else {
                add(CppToken::Kind::Name, begin, m_at);
            }
        } else if (isDigit(c)) { // 1'000'000.0f
            while (isNameStart(peek()) || isDigit(peek()) || peek() == '.'
                   || (peek() == '\'' && (isDigit(peek(1)) || isNameStart(peek(1))))) {
                ++m_at;
            }
            add(CppToken::Kind::Literal, begin, m_at);
        } else if (c == '"' || c == '\'') {
            quoted();
            add(CppToken::Kind::Literal, begin, m_at);
        } else if (isNext("::")) {
            m_at += 2;
            add(CppToken::Kind::Sign, begin, m_at);
        } else if (isNext("->")) {
            m_at += 2;
            add(CppToken::Kind::Sign, begin, m_at);
            m_out.tokens.back().text = ".";
        } else {
            ++m_at;
            add(CppToken::Kind::Sign, begin, m_at);
        }
    }

    void quoted()
    {
        const char quote = peek();
        for (++m_at; m_at < m_code.size() && peek() != quote && peek() != '\n'; ++m_at) {
            m_at += peek() == '\\' ? 1 : 0;
        }
        m_at = std::min(m_at + (peek() == quote ? 1 : 0), m_code.size());
    }

    void rawString()
    {
        const std::size_t open = m_code.find('(', m_at);
        if (open == std::string_view::npos) {
            m_at = m_code.size();
            return;
        }
        const std::string close =
            ")" + std::string(m_code.substr(m_at + 1, open - m_at - 1)) + "\"";
        const std::size_t end = m_code.find(close, open);
        m_at = end == std::string_view::npos ? m_code.size() : end + close.size();
    }

    void add(CppToken::Kind kind, std::size_t begin, std::size_t end)
    {
        const bool isGuarded =
            std::find(m_conditions.begin(), m_conditions.end(), true) != m_conditions.end();
        m_out.tokens.push_back({kind, m_code.substr(begin, end - begin), {begin, end}, isGuarded});
    }

    std::string_view m_code;
    std::size_t m_at = 0;
    bool m_isLineStart = true;
    std::vector<bool> m_conditions; // open #ifs: whether each asks for a version
    CppTokens m_out;
};

} // namespace

CppTokens tokenizeCpp(std::string_view code)
{
    return Tokenizer(code).run();
}

} // namespace TorchLift
