#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "llm/chatclient.h"
#include "llm/sseparser.h"

namespace TorchLift {

/// Makes the answer of a chat completion out of the bytes of its body, pure: no network here.
/// Takes a stream of events (`data: {...}` ... `data: [DONE]`, which may be missing) as well as
/// one JSON object, whatever the content type claims. Reasoning is not part of the text.
class ChatStream
{
public:
    static constexpr std::size_t kMaxAnswerBytes = 16U * 1024U * 1024U;
    static constexpr std::size_t kMaxStreamBytes = 256U * 1024U * 1024U;

    /// `onText` may be empty; it gets whole UTF-8 sequences only.
    explicit ChatStream(TokenCallback onText);

    /// Errors: Network for an error the server reports inside the body, InvalidInput for what
    /// is not the protocol, TooLarge above the limits. After an error the stream is dead.
    [[nodiscard]] Result<void> feed(std::string_view bytes);

    /// Whether [DONE] came: what follows does not matter.
    [[nodiscard]] bool isDone() const noexcept { return m_isDone; }

    /// The body has ended. Errors: as feed(); Network when nothing came at
    /// all; InvalidInput when nothing of an answer did.
    [[nodiscard]] Result<ChatAnswer> finish();

private:
    enum class Kind { Unknown, Events, Json };

    Result<void> takeEvents(const std::vector<SseEvent> &events);
    Result<void> takeObject(std::string_view json);
    Result<void> addText(std::string_view text);

    TokenCallback m_onText;
    Kind m_kind = Kind::Unknown;
    SseParser m_parser;
    std::string m_body; // of a JSON answer, or white space before the kind is known
    std::size_t m_received = 0;
    ChatAnswer m_answer;
    bool m_hasChoice = false;
    bool m_isDone = false;
};

/// What an error object or page says, for a person: the message of `{"error": ...}` in its usual
/// shapes, the title of an HTML page, otherwise the text; one line of at most 500 bytes, valid
/// UTF-8 without control characters. Empty when there is nothing to say.
[[nodiscard]] std::string serverWords(std::string_view body);

} // namespace TorchLift
