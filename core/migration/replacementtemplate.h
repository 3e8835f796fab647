#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "migration/edit.h"
#include "migration/pattern.h"

namespace TorchLift {

/// The new text of a rule's case, taken apart once.
class ReplacementTemplate
{
public:
    /// Errors: InvalidInput when it does not parse.
    [[nodiscard]] static Result<ReplacementTemplate> parse(std::string_view text);

    [[nodiscard]] bool isEmpty() const noexcept { return m_parts.empty(); }
    /// The whole template is a dotted name ("collections.abc.Mapping").
    [[nodiscard]] const std::string &dottedName() const noexcept { return m_dottedName; }
    [[nodiscard]] std::vector<std::string> metavariables() const;
    /// The qualified names that it writes.
    [[nodiscard]] std::vector<std::string> symbols() const;

    /// Whether Python can read it with what was matched: no positional argument behind a keyword.
    [[nodiscard]] bool fits(const Match &match, const SyntaxTree &tree) const;

    /// The pieces for one match, with names of modules as the file spells them. Modules that it
    /// does not import are added to `imports` ("import torch").
    [[nodiscard]] std::vector<Piece> fill(const Match &match, const Semantics &semantics,
                                          std::vector<std::string> &imports) const;

private:
    struct Part
    {
        enum class Kind { Text, Variable, Rest, Symbol };
        Kind kind = Kind::Text;
        std::string text;          ///< or the name
        int neededPrecedence = 0;  ///< Variable: what may stand there bare
        bool isInBrackets = false; ///< Variable: line breaks are allowed there
    };
    std::vector<Part> m_parts;
    std::string m_dottedName;
    int m_precedence = 0; ///< of the whole, when it is an expression
    bool m_isExpression = false;
};

/// Pieces that keep the bytes of `node`, in parentheses where the new place needs them.
void appendKept(std::vector<Piece> &pieces, const SyntaxTree &tree, NodeId node,
                int neededPrecedence, bool isInBrackets);
void appendText(std::vector<Piece> &pieces, std::string_view text);

/// Calls a method of what stands there: `x + y` to `(x + y).item()` for ".item()".
[[nodiscard]] Replacement withCall(const SyntaxTree &tree, NodeId id, std::string_view method);

} // namespace TorchLift
