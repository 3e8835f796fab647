#pragma once

#include <memory>

#include "llm/chatclient.h"

namespace TorchLift {

/// The OpenAI-compatible protocol (POST /chat/completions, server-sent events), as llama-server,
/// Ollama, vLLM and the hosted services speak it. Redirects to another host are refused, TLS
/// errors are never ignored.
[[nodiscard]] std::unique_ptr<ChatClient> makeOpenAiClient();

} // namespace TorchLift
