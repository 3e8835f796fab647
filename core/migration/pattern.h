#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "source/semantics.h"

namespace TorchLift {

/// Parameter names by qualified function ("torch.gesv": input, A, out), so that keyword and
/// positional arguments can be compared.
using Signatures = std::map<std::string, std::vector<std::string>, std::less<>>;

/// A Python expression or simple statement with metavariables, parsed once (see
/// resources/rules/README.md).
class Pattern
{
public:
    /// Errors: InvalidInput, with the reason.
    [[nodiscard]] static Result<Pattern> parse(std::string_view text);

    [[nodiscard]] const SyntaxTree &tree() const noexcept { return m_tree; }
    [[nodiscard]] NodeId root() const noexcept { return m_root; }
    /// The dotted name or method name that finds places to try; kNoNode when there is none.
    [[nodiscard]] NodeId anchor() const noexcept { return m_anchor; }
    /// "torch.gesv", or for a method ".gesv"; empty without an anchor.
    [[nodiscard]] const std::string &anchorName() const noexcept { return m_anchorName; }
    /// The metavariable that is the receiver of the anchored method, or empty.
    [[nodiscard]] std::string_view receiver() const noexcept { return m_receiver; }
    [[nodiscard]] std::vector<std::string> metavariables() const;

    /// "X" for $X (or "_"), empty for anything else.
    [[nodiscard]] std::string_view metavariable(NodeId id) const;
    /// "REST" for $$$REST, empty for anything else.
    [[nodiscard]] std::string_view restVariable(NodeId id) const;
    /// The qualified name that the chain `id` of the pattern stands for, or empty.
    [[nodiscard]] std::string dottedName(NodeId id) const;

private:
    void findAnchor();
    std::unique_ptr<std::string> m_text; // what m_tree views: stays where it is when moved
    SyntaxTree m_tree;
    NodeId m_root = kNoNode;
    NodeId m_anchor = kNoNode;
    std::string m_anchorName;
    std::string m_receiver;
};

/// Writes metavariables as identifiers that Python's grammar takes.
[[nodiscard]] std::string encodeMetavariables(std::string_view text);
inline constexpr std::string_view kVariablePrefix = "tl__one__";
inline constexpr std::string_view kRestPrefix = "tl__any__";

/// One of the arguments that a $$$NAME took.
struct RestArgument
{
    NodeId node = kNoNode;    ///< as written, keyword included
    std::string_view keyword; ///< to be put in front, because its position changed
};

/// What a metavariable stands for.
struct Binding
{
    NodeId node = kNoNode;
    bool isRest = false;
    std::vector<RestArgument> rest;
};
using Bindings = std::map<std::string, Binding, std::less<>>;

/// A place where a pattern fits.
struct Match
{
    NodeId root = kNoNode;
    NodeId anchor = kNoNode; ///< the node of the code that names the symbol
    Bindings bindings;
};

/// Tries `pattern` with its anchor at `anchor` (or, without one, its root there).
[[nodiscard]] std::optional<Match> matchAt(const Pattern &pattern, const Semantics &semantics,
                                           const Signatures &signatures, NodeId anchor);

} // namespace TorchLift
