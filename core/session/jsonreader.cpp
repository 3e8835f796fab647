#include "session/jsonreader.h"

#include <cmath>
#include <variant>

#include <nlohmann/json.hpp>

namespace TorchLift {

namespace {

using Json = nlohmann::json;

constexpr std::size_t kMaxDepth = 32; // ours stay below 12

// Looked at before parsing: a bracket costs the parser a hundred times its byte.
bool isTooDeep(std::string_view text)
{
    std::size_t depth = 0;
    bool isInString = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (isInString) {
            i += c == '\\' ? 1 : 0;
            isInString = c != '"';
        } else if (c == '"') {
            isInString = true;
        } else if (c == '[' || c == '{') {
            if (++depth > kMaxDepth) {
                return true;
            }
        } else if ((c == ']' || c == '}') && depth > 0) {
            --depth;
        }
    }
    return false;
}

} // namespace

struct JsonReader::Impl
{
    struct Step
    {
        const Json *node = nullptr;
        std::variant<std::string, std::size_t> place; // member or element
    };

    Json document;
    std::vector<Step> steps; // from the document's object inwards
    std::string failure;

    const Json &here() const { return *steps.back().node; }

    std::string path() const
    {
        std::string out;
        for (std::size_t i = 1; i < steps.size(); ++i) {
            if (const auto *name = std::get_if<std::string>(&steps[i].place)) {
                out += (out.empty() ? "" : ".") + *name;
            } else {
                out += '[' + std::to_string(std::get<std::size_t>(steps[i].place)) + ']';
            }
        }
        return out;
    }
};

JsonReader::JsonReader(std::unique_ptr<Impl> impl)
    : m_impl(std::move(impl))
{}
JsonReader::~JsonReader() = default;
JsonReader::JsonReader(JsonReader &&) noexcept = default;
JsonReader &JsonReader::operator=(JsonReader &&) noexcept = default;

Result<JsonReader> JsonReader::parse(std::string_view text)
{
    if (isTooDeep(text)) {
        return TorchLift::fail(Errc::Damaged, "its JSON is nested too deeply");
    }
    auto impl = std::make_unique<Impl>();
    impl->document = Json::parse(text, nullptr, /*allow_exceptions=*/false);
    if (!impl->document.is_object()) {
        return TorchLift::fail(Errc::Damaged, "it is not a JSON object");
    }
    impl->steps.emplace_back().node = &impl->document;
    return JsonReader(std::move(impl));
}

Result<void> JsonReader::outcome() const
{
    return m_impl->failure.empty() ? Result<void>()
                                   : TorchLift::fail(Errc::Damaged, m_impl->failure);
}

void JsonReader::fail(std::string_view problem)
{
    if (m_impl->failure.empty()) {
        m_impl->failure = m_impl->path() + ' ' + std::string(problem);
    }
}

bool JsonReader::hasMember(std::string_view name) const
{
    return m_impl->failure.empty() && m_impl->here().contains(std::string(name));
}

bool JsonReader::enterMember(std::string_view name)
{
    if (!m_impl->failure.empty()) {
        return false;
    }
    const Json &object = m_impl->here();
    const auto found = object.find(std::string(name));
    m_impl->steps.push_back({found == object.end() ? nullptr : &*found, std::string(name)});
    if (found == object.end()) {
        fail("is missing");
        leave();
        return false;
    }
    return true;
}

bool JsonReader::enterElement(std::size_t index)
{
    if (!m_impl->failure.empty()) {
        return false;
    }
    m_impl->steps.push_back({&m_impl->here()[index], index});
    return true;
}

void JsonReader::leave()
{
    m_impl->steps.pop_back();
}

bool JsonReader::isObject()
{
    if (!m_impl->here().is_object()) {
        fail("is not an object");
        return false;
    }
    return true;
}

bool JsonReader::isNull() const
{
    return m_impl->here().is_null();
}

std::size_t JsonReader::elementCount()
{
    if (!m_impl->here().is_array()) {
        fail("is not a list");
        return 0;
    }
    return m_impl->here().size();
}

std::vector<std::string> JsonReader::memberNames()
{
    std::vector<std::string> names;
    if (isObject()) {
        for (const auto &item : m_impl->here().items()) {
            names.push_back(item.key());
        }
    }
    return names;
}

std::int64_t JsonReader::readInteger(std::int64_t min, std::int64_t max)
{
    const Json &node = m_impl->here();
    if (!node.is_number_integer()) {
        fail("is not a whole number");
        return 0;
    }
    const bool isHuge =
        node.is_number_unsigned() && node.get<std::uint64_t>() > static_cast<std::uint64_t>(max);
    if (isHuge || node.get<std::int64_t>() < min || node.get<std::int64_t>() > max) {
        fail("is out of range");
        return 0;
    }
    return node.get<std::int64_t>();
}

void JsonReader::read(bool &value)
{
    if (!m_impl->here().is_boolean()) {
        fail("is neither true nor false");
        return;
    }
    value = m_impl->here().get<bool>();
}

void JsonReader::read(double &value)
{
    const Json &node = m_impl->here();
    if (node.is_number()) {
        value = node.get<double>();
    } else if (node == "nan") {
        value = std::nan("");
    } else if (node == "inf" || node == "-inf") {
        value = node == "inf" ? HUGE_VAL : -HUGE_VAL;
    } else {
        fail("is not a number");
    }
}

void JsonReader::read(std::string &value)
{
    if (!m_impl->here().is_string()) {
        fail("is not a text");
        return;
    }
    value = m_impl->here().get<std::string>();
}

void JsonReader::read(Version &value)
{
    std::string text;
    read(text);
    const std::optional<Version> version = Version::parse(text);
    if (!version || version->toString() != text) {
        fail("is not a version");
        return;
    }
    value = *version;
}

} // namespace TorchLift
