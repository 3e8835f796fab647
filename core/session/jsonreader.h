#pragma once

#include <concepts>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/result.h"
#include "base/version.h"
#include "session/enumnames.h"
#include "session/fields.h"

namespace TorchLift {

/// Reads what JsonWriter wrote, strictly: every member named must be there and of its kind;
/// members that nobody names are passed over. The first failure is kept with its place
/// ("migration.edits[3].safety") and everything after it is ignored.
class JsonReader
{
public:
    /// Errors: Damaged for text that is not a JSON object, or nested beyond any of our files.
    [[nodiscard]] static Result<JsonReader> parse(std::string_view text);
    ~JsonReader();
    JsonReader(JsonReader &&) noexcept;
    JsonReader &operator=(JsonReader &&) noexcept;

    template <typename T>
    void operator()(std::string_view name, T &value)
    {
        if (enterMember(name)) {
            read(value);
            leave();
        }
    }

    /// A member that files of an earlier program lack: `value` then stays as it is.
    template <typename T>
    void added(std::string_view name, T &value)
    {
        if (hasMember(name)) {
            (*this)(name, value);
        }
    }

    /// Damaged naming the first member that was wrong; otherwise nothing.
    [[nodiscard]] Result<void> outcome() const;

private:
    struct Impl;
    explicit JsonReader(std::unique_ptr<Impl> impl);

    void read(bool &value);
    void read(double &value);
    void read(std::string &value);
    void read(Version &value);

    template <std::integral T>
    void read(T &value)
    {
        constexpr auto highest = std::numeric_limits<std::int64_t>::max();
        const auto max = std::cmp_less(highest, std::numeric_limits<T>::max())
                             ? highest
                             : static_cast<std::int64_t>(std::numeric_limits<T>::max());
        const auto min = static_cast<std::int64_t>(std::numeric_limits<T>::min());
        value = static_cast<T>(readInteger(min, max));
    }

    template <typename T>
    requires std::is_enum_v<T>
    void read(T &value)
    {
        std::string name;
        read(name);
        for (const T known : EnumNames<T>::values) {
            if (name == EnumNames<T>::name(known)) {
                value = known;
                return;
            }
        }
        fail("is not a known word");
    }

    template <typename T>
    requires std::is_class_v<T>
    void read(T &value)
    {
        if (isObject()) {
            fields(*this, value);
        }
    }

    template <typename T>
    void read(std::optional<T> &value)
    {
        value.reset();
        if (!isNull()) {
            read(value.emplace());
        }
    }

    template <typename T>
    void read(std::vector<T> &values)
    {
        values.clear();
        const std::size_t count = elementCount();
        for (std::size_t i = 0; i < count && enterElement(i); ++i) {
            read(values.emplace_back());
            leave();
        }
    }

    template <typename T>
    void read(std::map<std::string, T> &values)
    {
        values.clear();
        for (const std::string &name : memberNames()) {
            (*this)(name, values[name]);
        }
    }

    [[nodiscard]] bool hasMember(std::string_view name) const;
    bool enterMember(std::string_view name);
    bool enterElement(std::size_t index);
    void leave();
    bool isObject();
    bool isNull() const;
    std::size_t elementCount();
    std::vector<std::string> memberNames();
    std::int64_t readInteger(std::int64_t min, std::int64_t max);
    void fail(std::string_view problem);

    std::unique_ptr<Impl> m_impl;
};

} // namespace TorchLift
