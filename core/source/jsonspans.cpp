#include "source/jsonspans.h"

#include <functional>

namespace TorchLift {

namespace {

// Steps over valid JSON without building anything, and without recursion for what is skipped.
class Scanner
{
public:
    explicit Scanner(std::string_view json)
        : m_json(json)
    {}

    // `visit` is called at each member's value and must step over it.
    void members(const std::function<void(std::string_view)> &visit)
    {
        open();
        while (peek() != '}') {
            const ByteSpan key = value();
            peek();
            ++m_at; // the colon
            peek();
            visit(m_json.substr(key.begin + 1, key.size() - 2));
            comma();
        }
        ++m_at;
    }

    void elements(const std::function<void()> &visit)
    {
        open();
        while (peek() != ']') {
            visit();
            comma();
        }
        ++m_at;
    }

    // Steps over one value of any kind.
    ByteSpan value()
    {
        peek();
        const std::size_t begin = m_at;
        int depth = 0;
        do {
            const char c = m_json.at(m_at);
            if (c == '"') {
                string();
            } else {
                depth += c == '{' || c == '[' ? 1 : c == '}' || c == ']' ? -1 : 0;
                ++m_at;
            }
        } while (depth > 0);
        const bool isWord = m_json[begin] != '"' && m_json[begin] != '{' && m_json[begin] != '[';
        while (isWord && m_at < m_json.size()
               && m_json.substr(m_at, 1).find_first_of(",]} \t\r\n") == std::string_view::npos) {
            ++m_at;
        }
        return {begin, m_at};
    }

    char peek()
    {
        m_at = m_json.find_first_not_of(" \t\r\n", m_at);
        return m_json.at(m_at);
    }

private:
    void open()
    {
        peek();
        ++m_at;
    }

    void comma()
    {
        if (peek() == ',') {
            ++m_at;
        }
    }

    void string()
    {
        for (++m_at; m_json.at(m_at) != '"'; ++m_at) {
            m_at += m_json[m_at] == '\\' ? 1 : 0;
        }
        ++m_at;
    }

    std::string_view m_json;
    std::size_t m_at = 0;
};

} // namespace

std::vector<std::optional<ByteSpan>> cellSources(std::string_view json)
{
    std::vector<std::optional<ByteSpan>> sources;
    Scanner scanner(json);
    const auto cell = [&] {
        std::optional<ByteSpan> source;
        scanner.members([&](std::string_view key) {
            const ByteSpan span = scanner.value();
            if (key == "source") {
                source = span;
            }
        });
        sources.push_back(source);
    };
    scanner.members([&](std::string_view key) {
        if (key == "cells") {
            scanner.elements(cell);
        } else {
            scanner.value();
        }
    });
    return sources;
}

} // namespace TorchLift
