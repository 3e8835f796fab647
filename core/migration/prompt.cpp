#include "migration/prompt.h"
namespace TorchLift {
Result<std::string> buildPrompt(std::string_view, std::string_view,
                                const std::vector<PromptContext> &, const Version &,
                                const Version &, std::string_view)
{
    return fail(Errc::Internal, "not built yet");
}
ModelAnswer splitAnswer(std::string_view)
{
    return {};
}
} // namespace TorchLift
