#include "session/jsonwriter.h"

#include <array>
#include <charconv>
#include <cmath>

#include "base/text.h"

namespace TorchLift {

std::string JsonWriter::finish()
{
    close('}');
    m_text += '\n';
    return std::move(m_text);
}

void JsonWriter::write(double value)
{
    if (std::isnan(value)) {
        write("nan");
    } else if (std::isinf(value)) {
        write(value > 0 ? "inf" : "-inf");
    } else {
        std::array<char, 32> text{}; // the shortest that reads back the same
        const auto [end, error] = std::to_chars(text.begin(), text.end(), value);
        m_text.append(text.begin(), end);
    }
}

void JsonWriter::write(std::string_view value)
{
    if (isValidUtf8(value)) {
        writeEscaped(value);
    } else {
        writeEscaped(toValidUtf8(value));
    }
}

void JsonWriter::writeEscaped(std::string_view value)
{
    constexpr std::string_view digits = "0123456789abcdef";
    m_text += '"';
    for (const char c : value) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            m_text += '\\';
            m_text += c;
        } else if (c == '\n') {
            m_text += "\\n";
        } else if (byte < 0x20) {
            m_text += "\\u00";
            m_text += digits[byte >> 4U];
            m_text += digits[byte & 0xFU];
        } else {
            m_text += c;
        }
    }
    m_text += '"';
}

void JsonWriter::open(char bracket)
{
    m_text += bracket;
    ++m_depth;
    m_isEmpty = true;
}

void JsonWriter::close(char bracket)
{
    --m_depth;
    if (!m_isEmpty) {
        m_text += '\n' + std::string(m_depth, ' ');
    }
    m_text += bracket;
    m_isEmpty = false;
}

void JsonWriter::key(std::string_view name)
{
    nextElement();
    write(name);
    m_text += ": ";
}

void JsonWriter::nextElement()
{
    m_text += m_isEmpty ? "\n" : ",\n";
    m_text.append(m_depth, ' ');
    m_isEmpty = false;
}

} // namespace TorchLift
