#pragma once

#include <memory>

#include "llm/chatclient.h"

namespace TorchLift {

/// The OpenAI-compatible protocol (POST /chat/completions, server-sent events), as llama-server,
/// Ollama, vLLM and the hosted services speak it. A QCoreApplication must exist; chat() runs an
/// event loop of its own on the calling thread, any thread.
///
/// Redirects are followed within the same host and port only (http to https there is allowed,
/// the reverse is not), TLS errors are never ignored, compressed answers are not asked for and
/// refused, and a loopback address is never reached through a proxy.
/// InvalidArgument: an address that is not http(s), or carries a password; a key that no header
/// can carry. Otherwise errors as ChatClient says; the remedy holds Retry-After.
[[nodiscard]] std::unique_ptr<ChatClient> makeOpenAiClient();

} // namespace TorchLift
