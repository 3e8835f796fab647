#pragma once

#include <concepts>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/version.h"
#include "session/enumnames.h"
#include "session/fields.h"

namespace TorchLift {

/// Writes one JSON object, member by member in the order given: `writer("line", edit.line)`.
/// Takes numbers, booleans, strings (made valid UTF-8), enumerations, versions, the structures of
/// fields.h, and vectors, maps and optionals of these. Numbers that JSON lacks are written as the
/// strings "nan", "inf" and "-inf".
class JsonWriter
{
public:
    JsonWriter() { open('{'); }

    template <typename T>
    void operator()(std::string_view name, const T &value)
    {
        key(name);
        write(value);
    }

    /// One that JsonReader does not miss.
    template <typename T>
    void added(std::string_view name, const T &value)
    {
        (*this)(name, value);
    }

    /// A member that is a list of objects, each filled by `fill(element)`.
    template <typename T, typename Fill>
    void list(std::string_view name, const std::vector<T> &values, const Fill &fill)
    {
        key(name);
        open('[');
        for (const T &value : values) {
            nextElement();
            open('{');
            fill(value);
            close('}');
        }
        close(']');
    }

    /// Closes the object; the text ends in a newline. Nothing may be written afterwards.
    [[nodiscard]] std::string finish();

private:
    void write(bool value) { m_text += value ? "true" : "false"; }
    void write(double value);
    void write(std::string_view value);
    void write(const std::string &value) { write(std::string_view(value)); }
    void write(const char *value) { write(std::string_view(value)); }
    void write(const Version &value) { write(std::string_view(value.toString())); }

    template <std::integral T>
    void write(T value)
    {
        m_text += std::to_string(value);
    }

    template <typename T>
    requires std::is_enum_v<T>
    void write(T value) { write(EnumNames<T>::name(value)); }

    template <typename T>
    requires std::is_class_v<T>
    void write(const T &value)
    {
        open('{');
        fields(*this, value);
        close('}');
    }

    template <typename T>
    void write(const std::optional<T> &value)
    {
        if (value) {
            write(*value);
        } else {
            m_text += "null";
        }
    }

    template <typename T>
    void write(const std::vector<T> &values)
    {
        if constexpr (std::is_arithmetic_v<T>) { // a hundred thousand lines help nobody
            m_text += '[';
            for (std::size_t i = 0; i < values.size(); ++i) {
                m_text += i == 0 ? "" : ", ";
                write(values[i]);
            }
            m_text += ']';
        } else {
            open('[');
            for (const T &value : values) {
                nextElement();
                write(value);
            }
            close(']');
        }
    }

    template <typename T>
    void write(const std::map<std::string, T> &values)
    {
        open('{');
        for (const auto &[name, value] : values) {
            key(name);
            write(value);
        }
        close('}');
    }

    void writeEscaped(std::string_view value);
    void open(char bracket);
    void close(char bracket);
    void key(std::string_view name);
    void nextElement();

    std::string m_text;
    std::size_t m_depth = 0;
    bool m_isEmpty = true; // nothing inside the innermost bracket yet
};

} // namespace TorchLift
