#include "llm/openaiclient.h"
namespace TorchLift {
std::unique_ptr<ChatClient> makeOpenAiClient() { return nullptr; }
}
