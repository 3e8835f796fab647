#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/version.h"

namespace TorchLift {

/// One retrieved text for the prompt.
struct PromptContext
{
    std::string version;
    std::string title;
    std::string text;
};

/// Fills a template: {old_code}, {context}, {from}, {to}, {language}. Code and context are data:
/// they are fenced with a fence longer than any inside them, and markers in them are not expanded.
/// Errors: InvalidInput when the template lacks {old_code} or names an unknown marker.
[[nodiscard]] Result<std::string> buildPrompt(std::string_view promptTemplate,
                                              std::string_view oldCode,
                                              const std::vector<PromptContext> &context,
                                              const Version &from, const Version &to,
                                              std::string_view language);

/// The same for a question: {question}, {context}, {from}, {to}, {language}. Each text of the
/// context carries its number, from 1: "[1] 1.2.0: Deprecations".
/// Errors: as buildPrompt, for {question}.
[[nodiscard]] Result<std::string> buildQuestionPrompt(std::string_view promptTemplate,
                                                      std::string_view question,
                                                      const std::vector<PromptContext> &context,
                                                      const Version &from, const Version &to,
                                                      std::string_view language);

/// What a model says in the end, without the reasoning that it writes first; empty when that
/// never ends. Line ends are \n.
[[nodiscard]] std::string saidText(std::string_view answer);

/// A model's answer, taken apart.
struct ModelAnswer
{
    std::string code;        ///< empty when there is none
    std::string explanation; ///< everything outside the code and outside reasoning
    bool isCutOff = false;   ///< an open fence, or the server said so
};

/// Splits an answer however untidy: several blocks (the longest that looks like Python wins), no
/// fence at all, <think> reasoning first, cut off in the middle.
[[nodiscard]] ModelAnswer splitAnswer(std::string_view answer);

} // namespace TorchLift
