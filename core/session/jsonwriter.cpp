#include "session/jsonwriter.h"

#include <cmath>

#include <nlohmann/json.hpp>

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
        m_text += nlohmann::json(value).dump(); // the shortest text that reads back the same
    }
}

void JsonWriter::write(std::string_view value)
{
    m_text += nlohmann::json(toValidUtf8(value)).dump();
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
