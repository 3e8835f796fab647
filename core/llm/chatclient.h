#pragma once

#include <chrono>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace TorchLift {

struct ChatMessage
{
    enum class Role { System, User, Assistant };
    Role role = Role::User;
    std::string text; ///< UTF-8
};

/// Where a model is and how it is asked. The key lives in memory only.
struct ChatProfile
{
    std::string name;    ///< shown to the user
    std::string baseUrl; ///< "http://127.0.0.1:8080/v1": /chat/completions is appended
    std::string model;
    std::string key; ///< sent as a bearer token to baseUrl's host alone; never logged or saved
    double temperature = 0;
    int maxTokens = 4096;
    std::chrono::seconds stallTimeout{60}; ///< longest silence between two bytes
};

/// What came back.
struct ChatAnswer
{
    std::string text;
    std::string finishReason; ///< "stop", "length" (cut off), empty when the server did not say
};

/// Called for each piece of text as it arrives, on the calling thread.
using TokenCallback = std::function<void(std::string_view text)>;

/// Asks a model. Implementations may be called from any one thread at a time.
class ChatClient
{
public:
    virtual ~ChatClient() = default;
    /// Blocks until the answer is complete. A stop request ends it within 100 ms (Cancelled).
    /// Errors: Network (with the server's own words, never the key), Timeout, InvalidInput for
    /// an answer that is not the protocol, TooLarge above 16 MiB.
    [[nodiscard]] virtual Result<ChatAnswer> chat(const ChatProfile &profile,
                                                  const std::vector<ChatMessage> &messages,
                                                  const TokenCallback &onText,
                                                  std::stop_token stop) = 0;
};

} // namespace TorchLift
