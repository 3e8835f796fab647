#pragma once

#include <cstdint>
#include <iterator>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/text.h"

namespace TorchLift {

/// What a node is, as far as anything here asks; the rest is Other and told apart by
/// SyntaxNode::symbol. Anonymous nodes (operators, keywords, brackets) are Token.
enum class NodeKind : std::uint8_t {
    Other,
    Token,
    Error,
    Comment,
    // statements
    Module,
    Block,
    ExpressionStatement,
    Assignment,
    AugmentedAssignment,
    ImportStatement,
    ImportFrom,
    FutureImport,
    FunctionDefinition,
    ClassDefinition,
    DecoratedDefinition,
    Decorator,
    IfStatement,
    ElifClause,
    ElseClause,
    ForStatement,
    WhileStatement,
    TryStatement,
    ExceptClause,
    FinallyClause,
    WithStatement,
    WithClause,
    WithItem,
    Return,
    Raise,
    Assert,
    Delete,
    Global,
    Nonlocal,
    Pass,
    Print,
    Exec,
    // expressions
    Identifier,
    Attribute,
    Call,
    Subscript,
    Slice,
    Integer,
    Float,
    String,
    ConcatenatedString,
    True,
    False,
    None,
    Ellipsis,
    Tuple,
    List,
    Dictionary,
    Set,
    Pair,
    Parenthesized,
    ExpressionList,
    BinaryOperator,
    UnaryOperator,
    BooleanOperator,
    NotOperator,
    Comparison,
    Conditional,
    Lambda,
    Await,
    Yield,
    NamedExpression,
    ListComprehension,
    GeneratorExpression,
    SetComprehension,
    DictComprehension,
    ForInClause,
    IfClause,
    // parts
    ArgumentList,
    KeywordArgument,
    ListSplat,
    DictionarySplat,
    DottedName,
    AliasedImport,
    RelativeImport,
    WildcardImport,
    PatternList,
    TuplePattern,
    ListPattern,
    Parameters,
    LambdaParameters,
    DefaultParameter,
    TypedParameter,
    TypedDefaultParameter,
    ListSplatPattern,
    DictionarySplatPattern,
    AsPattern,
    AsPatternTarget,
    Interpolation,
};

/// Whether a target of an assignment or a loop is taken apart: `a, b = pair`.
[[nodiscard]] bool standsForSeveral(NodeKind kind) noexcept;

/// The role a node plays for its parent.
enum class NodeField : std::uint8_t {
    None,
    Alias,
    Alternative,
    Argument,
    Arguments,
    Attribute,
    Body,
    Condition,
    Consequence,
    Definition,
    Function,
    Left,
    ModuleName,
    Name,
    Object,
    Operator,
    Operators,
    Parameters,
    Right,
    Subscript,
    Superclasses,
    Type,
    Value,
    Other,
};

using NodeId = std::uint32_t;
inline constexpr NodeId kNoNode = 0xFFFFFFFFU;

/// One node of a tree. Nodes are numbered in preorder: a node's subtree is [id, subtreeEnd).
struct SyntaxNode
{
    NodeKind kind = NodeKind::Other;
    NodeField field = NodeField::None;
    std::uint16_t symbol = 0; ///< the grammar's own number of the kind
    bool isNamed = false;     ///< false: an operator, keyword or bracket
    bool isMissing = false;   ///< put in by error recovery, no text
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
    NodeId parent = kNoNode;
    NodeId firstChild = kNoNode;
    NodeId nextSibling = kNoNode;
    NodeId subtreeEnd = 0;
};

/// The syntax of one Python text as a flat, immutable array. Depth is bounded when it is parsed,
/// so code over it may recurse. The text must outlive the tree.
class SyntaxTree
{
public:
    /// Walks the children of one node, optionally the named ones without comments alone.
    class Children
    {
    public:
        class Iterator
        {
        public:
            using value_type = NodeId;
            using difference_type = std::ptrdiff_t;
            using iterator_category = std::input_iterator_tag;
            using pointer = const NodeId *;
            using reference = NodeId;
            Iterator(const SyntaxTree *tree, NodeId at, bool isNamedOnly) noexcept;
            NodeId operator*() const noexcept { return m_at; }
            Iterator &operator++() noexcept;
            bool operator==(const Iterator &other) const noexcept { return m_at == other.m_at; }

        private:
            void skipUnwanted() noexcept;
            const SyntaxTree *m_tree;
            NodeId m_at;
            bool m_isNamedOnly;
        };
        Children(const SyntaxTree *tree, NodeId first, bool isNamedOnly) noexcept
            : m_tree(tree)
            , m_first(first)
            , m_isNamedOnly(isNamedOnly)
        {}
        [[nodiscard]] Iterator begin() const noexcept { return {m_tree, m_first, m_isNamedOnly}; }
        [[nodiscard]] Iterator end() const noexcept { return {m_tree, kNoNode, m_isNamedOnly}; }

    private:
        const SyntaxTree *m_tree;
        NodeId m_first;
        bool m_isNamedOnly;
    };

    /// Any text parses; errors become Error nodes. Thread-safe.
    /// Errors: TooLarge for nesting beyond kMaxDepth, when the parser needs too long, or when far
    /// too much in one piece is no Python.
    [[nodiscard]] static Result<SyntaxTree> parse(std::string_view code);

    static constexpr std::size_t kMaxDepth = 1500;

    [[nodiscard]] std::string_view code() const noexcept { return m_code; }
    [[nodiscard]] NodeId root() const noexcept { return 0; }
    [[nodiscard]] std::size_t size() const noexcept { return m_nodes.size(); }
    [[nodiscard]] const SyntaxNode &operator[](NodeId id) const noexcept { return m_nodes[id]; }
    [[nodiscard]] NodeKind kind(NodeId id) const noexcept
    {
        return id == kNoNode ? NodeKind::Other : m_nodes[id].kind;
    }
    [[nodiscard]] std::string_view text(NodeId id) const noexcept;
    [[nodiscard]] ByteSpan span(NodeId id) const noexcept;
    [[nodiscard]] NodeId parent(NodeId id) const noexcept { return m_nodes[id].parent; }

    /// All children, and the named ones that are not comments.
    [[nodiscard]] Children children(NodeId id) const noexcept;
    [[nodiscard]] Children named(NodeId id) const noexcept;
    [[nodiscard]] std::size_t namedCount(NodeId id) const noexcept;
    /// The n-th named child, or kNoNode.
    [[nodiscard]] NodeId namedChild(NodeId id, std::size_t index) const noexcept;
    /// The first child in that role, or kNoNode.
    [[nodiscard]] NodeId child(NodeId id, NodeField field) const noexcept;

    /// `id` itself without parentheses around it.
    [[nodiscard]] NodeId withoutParentheses(NodeId id) const noexcept;
    /// The nearest node of `kind` around `id` (not itself), or kNoNode.
    [[nodiscard]] NodeId enclosing(NodeId id, NodeKind kind) const noexcept;
    /// The statement that `id` is part of (a direct child of a block or of the module).
    [[nodiscard]] NodeId statementOf(NodeId id) const noexcept;
    [[nodiscard]] bool isInside(NodeId id, NodeId ancestor) const noexcept
    {
        return id >= ancestor && id < m_nodes[ancestor].subtreeEnd;
    }
    /// A string alone as a statement: a docstring, where it comes first.
    [[nodiscard]] bool isStringStatement(NodeId statement) const noexcept;
    /// The smallest named node that covers `span`.
    [[nodiscard]] NodeId nodeAt(ByteSpan span) const noexcept;

    /// Regions that the grammar could not read; empty when the text parses.
    [[nodiscard]] const std::vector<ByteSpan> &errors() const noexcept { return m_errors; }

private:
    std::string_view m_code;
    std::vector<SyntaxNode> m_nodes;
    std::vector<ByteSpan> m_errors;
};

} // namespace TorchLift
