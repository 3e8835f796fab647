#include "llm/chatstream.h"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

#include "base/text.h"

namespace TorchLift {

namespace {

using Json = nlohmann::json;

constexpr std::size_t kMaxWords = 500;
constexpr std::string_view kBom = "\xEF\xBB\xBF";
constexpr std::string_view kSpace = " \t\r\n";

Json parse(std::string_view text)
{
    return Json::parse(toValidUtf8(text), nullptr, /*allow_exceptions=*/false);
}

const Json *member(const Json &object, const char *name)
{
    const auto found = object.is_object() ? object.find(name) : object.end();
    return !object.is_object() || found == object.end() || found->is_null() ? nullptr : &*found;
}

std::string textOf(const Json *value)
{
    if (value == nullptr) {
        return {};
    }
    if (value->is_string()) {
        return value->get<std::string>();
    }
    std::string out; // a list of parts: [{"type": "text", "text": "..."}]
    if (value->is_array()) {
        for (const Json &part : *value) {
            out += textOf(member(part, "text"));
        }
    }
    return out;
}

// {"error": {"message": "..."}}, {"error": "..."}, {"message": "..."}, {"detail": "..."}
std::string messageOf(const Json &object)
{
    const Json *error = member(object, "error");
    for (const Json *holder : {error, &object}) {
        if (holder == nullptr) {
            continue;
        }
        if (holder->is_string()) {
            return holder->get<std::string>();
        }
        for (const char *name : {"message", "detail"}) {
            if (std::string text = textOf(member(*holder, name)); !text.empty()) {
                return text;
            }
        }
    }
    return error == nullptr ? std::string()
                            : error->dump(-1, ' ', false, Json::error_handler_t::replace);
}

// ASCII only; good enough for tag names.
std::string lowered(std::string_view text)
{
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return out;
}

std::string titleOfHtml(std::string_view page)
{
    const std::string lower = lowered(page);
    const std::size_t open = lower.find("<title");
    const std::size_t begin = open == std::string::npos ? open : lower.find('>', open);
    const std::size_t end = begin == std::string::npos ? begin : lower.find('<', begin);
    const std::string_view title =
        end == std::string::npos ? std::string_view() : page.substr(begin + 1, end - begin - 1);
    return title.empty() ? "an HTML page" : "an HTML page: " + std::string(title);
}

std::string oneLine(std::string_view text)
{
    std::string out;
    for (const char c : toValidUtf8(text)) {
        const bool isControl = static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
        if (!isControl && c != ' ') {
            out += c;
        } else if (!out.empty() && out.back() != ' ') {
            out += ' ';
        }
    }
    if (out.size() > kMaxWords) {
        std::size_t end = kMaxWords;
        while (end > 0 && (static_cast<unsigned char>(out[end]) & 0xC0U) == 0x80U) {
            --end; // not inside a character
        }
        out.resize(end);
        out += " ...";
    }
    while (out.ends_with(' ')) {
        out.pop_back();
    }
    return out;
}

Result<void> notTheProtocol(std::string_view body)
{
    const std::string words = serverWords(body);
    return fail(Errc::InvalidInput,
                "the answer is not a chat completion" + (words.empty() ? "" : " (" + words + ")"));
}

} // namespace

std::string serverWords(std::string_view body)
{
    const std::size_t start = body.find_first_not_of(kSpace);
    if (start == std::string_view::npos) {
        return {};
    }
    body.remove_prefix(start);
    if (body.starts_with('<')) {
        return oneLine(titleOfHtml(body));
    }
    if (body.starts_with('{')) {
        const Json object = parse(body);
        if (std::string message = messageOf(object); !message.empty()) {
            return oneLine(message);
        }
    }
    return oneLine(body.substr(0, 4 * kMaxWords));
}

ChatStream::ChatStream(TokenCallback onText)
    : m_onText(std::move(onText))
{}

Result<void> ChatStream::feed(std::string_view bytes)
{
    m_received += bytes.size();
    if (m_received > kMaxStreamBytes) {
        return fail(Errc::TooLarge, "the server sent more than 256 MiB");
    }
    std::string held;
    if (m_kind == Kind::Unknown) {
        m_body += bytes;
        std::string_view seen = m_body;
        if (seen.size() < kBom.size() && kBom.starts_with(seen)) {
            return {};
        }
        if (seen.starts_with(kBom)) {
            seen.remove_prefix(kBom.size());
        }
        const std::size_t start = seen.find_first_not_of(kSpace);
        if (start == std::string_view::npos) {
            return m_body.size() > kMaxAnswerBytes ? notTheProtocol({}) : Result<void>();
        }
        if (seen[start] == '<') {
            return notTheProtocol(m_body);
        }
        m_kind = seen[start] == '{' ? Kind::Json : Kind::Events;
        held = seen;
        m_body.clear();
        bytes = held;
    }
    if (m_kind == Kind::Json) {
        if (m_body.size() + bytes.size() > kMaxAnswerBytes) {
            return fail(Errc::TooLarge, "the answer is larger than 16 MiB");
        }
        m_body += bytes;
        return {};
    }
    return m_parser.feed(bytes).and_then(
        [this](const std::vector<SseEvent> &events) { return takeEvents(events); });
}

Result<ChatAnswer> ChatStream::finish()
{
    if (m_received == 0) { // Qt reports no error when the other side closes right after the head
        return fail(Errc::Network, "the server closed the connection without an answer");
    }
    Result<void> last;
    if (m_kind == Kind::Json) {
        last = takeObject(m_body);
    } else if (!m_isDone) {
        last = takeEvents(m_parser.finish());
    }
    if (!last) {
        return tl::unexpected(last.error());
    }
    if (!m_hasChoice) {
        return fail(Errc::InvalidInput, "the server's answer holds no choice of a completion");
    }
    return m_answer;
}

Result<void> ChatStream::takeEvents(const std::vector<SseEvent> &events)
{
    for (const SseEvent &event : events) {
        if (m_isDone) {
            break;
        }
        if (event.data == "[DONE]") {
            m_isDone = true;
        } else if (event.data.find_first_not_of(kSpace) != std::string::npos) {
            if (Result<void> taken = takeObject(event.data); !taken) {
                return taken;
            }
        }
    }
    return {};
}

// A chunk of a stream ("delta") and a whole answer ("message") differ by that name alone.
Result<void> ChatStream::takeObject(std::string_view json)
{
    const Json object = parse(json);
    if (!object.is_object()) {
        return notTheProtocol(json);
    }
    if (member(object, "error") != nullptr) {
        return fail(Errc::Network, "the server reports: " + serverWords(json));
    }
    const Json *choices = member(object, "choices");
    if (choices == nullptr || !choices->is_array() || choices->empty()) {
        return {}; // usage figures and the like
    }
    const Json &choice = choices->front();
    const Json *delta = member(choice, "delta");
    const Json *message = delta != nullptr ? delta : member(choice, "message");
    m_hasChoice = m_hasChoice || message != nullptr;
    if (const Json *reason = member(choice, "finish_reason"); reason != nullptr) {
        m_answer.finishReason = textOf(reason);
    }
    return message == nullptr ? Result<void>() : addText(textOf(member(*message, "content")));
}

Result<void> ChatStream::addText(std::string_view text)
{
    if (text.empty()) {
        return {};
    }
    if (m_answer.text.size() + text.size() > kMaxAnswerBytes) {
        return fail(Errc::TooLarge, "the answer is larger than 16 MiB");
    }
    m_answer.text += text;
    if (m_onText) {
        m_onText(text);
    }
    return {};
}

} // namespace TorchLift
