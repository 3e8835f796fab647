#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "source/syntaxtree.h"
#include "source/type.h"

namespace TorchLift {

class ProjectFacts;
struct StaticFunction;

/// The project that a text belongs to.
struct ProjectPlace
{
    const ProjectFacts *facts = nullptr; ///< null: the text stands alone
    std::string path;                    ///< of the text, below the project's folder
};

/// A syntax tree with what its names and expressions mean: imports, aliases, local types.
/// Immutable after build(). The text must outlive it.
class Semantics
{
public:
    /// `observed` (may be null) fills in what reading does not tell. It is needed
    /// during the call only, the place's facts as long as the object. Errors: TooLarge, as
    /// SyntaxTree::parse.
    [[nodiscard]] static Result<std::unique_ptr<const Semantics>>
    build(std::string_view code, const ProjectPlace &place = {},
          const Observations *observed = nullptr);
    /// The same of a text that was parsed before.
    [[nodiscard]] static std::unique_ptr<const Semantics>
    build(SyntaxTree tree, const ProjectPlace &place = {}, const Observations *observed = nullptr);

    ~Semantics();
    Semantics(const Semantics &) = delete;
    Semantics &operator=(const Semantics &) = delete;

    [[nodiscard]] const SyntaxTree &tree() const noexcept;

    /// How to call the class of another file that `symbol` means here, where it is a Function that
    /// becomes static; otherwise null.
    [[nodiscard]] const StaticFunction *staticFunction(std::string_view symbol) const;

    /// What the expression `id` is; Unknown for anything that is no expression.
    [[nodiscard]] const Type &typeOf(NodeId id) const noexcept;

    /// Whether this text, or another file of its project, holds a tensor that is known to be uint8
    /// without being a comparison's result.
    [[nodiscard]] bool makesByteTensors() const noexcept;

    /// The qualified name that the identifier or attribute chain `id` stands for ("torch.gesv"),
    /// or empty.
    [[nodiscard]] std::string_view symbolOf(NodeId id) const noexcept;

    /// A name bound by an import statement.
    struct ImportedName
    {
        NodeId statement = kNoNode;
        NodeId name = kNoNode; ///< dotted_name or aliased_import inside the statement
        std::string symbol;    ///< "torch.gesv"; a plain `import a.b` imports "a.b"
        std::string localName; ///< the name it binds: "gesv", alias, or "a" of `import a.b`
        bool isFrom = false;
        bool isWildcard = false;
    };
    [[nodiscard]] const std::vector<ImportedName> &imports() const noexcept;

    /// How `symbol` (a module or anything in one) can be written at `where` with the names bound
    /// there: "t.linalg.solve", "F.interpolate"; empty when its root is not imported.
    [[nodiscard]] std::string spelling(std::string_view symbol, NodeId where) const;

    /// Whether `name`, bound by the statement around `where`, may be read afterwards in its scope
    /// (anywhere in the scope when in a loop; module-level names also from functions).
    [[nodiscard]] bool isReadAfter(std::string_view name, NodeId where) const;

    /// Whether `id` runs only under a version check, hasattr test or as part of a try statement
    /// that catches ImportError, AttributeError or NameError.
    [[nodiscard]] bool isGuarded(NodeId id) const noexcept;

    /// The class definition whose body is nearest around `id`, or kNoNode, and what it derives
    /// from: the qualified names of its bases, followed through classes of this file.
    [[nodiscard]] std::vector<std::string> basesOf(NodeId classDefinition) const;

    /// The class definitions of this file that `classDefinition` derives from directly.
    [[nodiscard]] std::vector<NodeId> localBasesOf(NodeId classDefinition) const;

    /// The class definition (or function definition) that a LocalClass, LocalInstance or
    /// LocalFunction type refers to.
    [[nodiscard]] NodeId definitionOf(const Type &type) const noexcept;

    struct Data; ///< the parts that are built up, for this folder alone
    [[nodiscard]] const Data &data() const noexcept { return *m_data; }

private:
    explicit Semantics(std::unique_ptr<Data> data);
    std::unique_ptr<Data> m_data;
};

} // namespace TorchLift
