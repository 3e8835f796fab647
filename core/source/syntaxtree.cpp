#include "source/syntaxtree.h"

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <unordered_map>

#include <tree_sitter/api.h>

extern "C" const TSLanguage *tree_sitter_python(void);

namespace TorchLift {

namespace {

using Kind = NodeKind;

struct KindName
{
    const char *name;
    NodeKind kind;
};

constexpr KindName kKindNames[] = {
    {"ERROR", Kind::Error},
    {"comment", Kind::Comment},
    {"module", Kind::Module},
    {"block", Kind::Block},
    {"expression_statement", Kind::ExpressionStatement},
    {"assignment", Kind::Assignment},
    {"augmented_assignment", Kind::AugmentedAssignment},
    {"import_statement", Kind::ImportStatement},
    {"import_from_statement", Kind::ImportFrom},
    {"future_import_statement", Kind::FutureImport},
    {"function_definition", Kind::FunctionDefinition},
    {"class_definition", Kind::ClassDefinition},
    {"decorated_definition", Kind::DecoratedDefinition},
    {"decorator", Kind::Decorator},
    {"if_statement", Kind::IfStatement},
    {"elif_clause", Kind::ElifClause},
    {"else_clause", Kind::ElseClause},
    {"for_statement", Kind::ForStatement},
    {"while_statement", Kind::WhileStatement},
    {"try_statement", Kind::TryStatement},
    {"except_clause", Kind::ExceptClause},
    {"finally_clause", Kind::FinallyClause},
    {"with_statement", Kind::WithStatement},
    {"with_clause", Kind::WithClause},
    {"with_item", Kind::WithItem},
    {"return_statement", Kind::Return},
    {"raise_statement", Kind::Raise},
    {"assert_statement", Kind::Assert},
    {"delete_statement", Kind::Delete},
    {"global_statement", Kind::Global},
    {"nonlocal_statement", Kind::Nonlocal},
    {"pass_statement", Kind::Pass},
    {"print_statement", Kind::Print},
    {"exec_statement", Kind::Exec},
    {"identifier", Kind::Identifier},
    {"attribute", Kind::Attribute},
    {"call", Kind::Call},
    {"subscript", Kind::Subscript},
    {"slice", Kind::Slice},
    {"integer", Kind::Integer},
    {"float", Kind::Float},
    {"string", Kind::String},
    {"concatenated_string", Kind::ConcatenatedString},
    {"true", Kind::True},
    {"false", Kind::False},
    {"none", Kind::None},
    {"ellipsis", Kind::Ellipsis},
    {"tuple", Kind::Tuple},
    {"list", Kind::List},
    {"dictionary", Kind::Dictionary},
    {"set", Kind::Set},
    {"pair", Kind::Pair},
    {"parenthesized_expression", Kind::Parenthesized},
    {"expression_list", Kind::ExpressionList},
    {"binary_operator", Kind::BinaryOperator},
    {"unary_operator", Kind::UnaryOperator},
    {"boolean_operator", Kind::BooleanOperator},
    {"not_operator", Kind::NotOperator},
    {"comparison_operator", Kind::Comparison},
    {"conditional_expression", Kind::Conditional},
    {"lambda", Kind::Lambda},
    {"await", Kind::Await},
    {"yield", Kind::Yield},
    {"named_expression", Kind::NamedExpression},
    {"list_comprehension", Kind::ListComprehension},
    {"generator_expression", Kind::GeneratorExpression},
    {"set_comprehension", Kind::SetComprehension},
    {"dictionary_comprehension", Kind::DictComprehension},
    {"for_in_clause", Kind::ForInClause},
    {"if_clause", Kind::IfClause},
    {"argument_list", Kind::ArgumentList},
    {"keyword_argument", Kind::KeywordArgument},
    {"list_splat", Kind::ListSplat},
    {"dictionary_splat", Kind::DictionarySplat},
    {"dotted_name", Kind::DottedName},
    {"aliased_import", Kind::AliasedImport},
    {"relative_import", Kind::RelativeImport},
    {"wildcard_import", Kind::WildcardImport},
    {"pattern_list", Kind::PatternList},
    {"tuple_pattern", Kind::TuplePattern},
    {"list_pattern", Kind::ListPattern},
    {"parameters", Kind::Parameters},
    {"lambda_parameters", Kind::LambdaParameters},
    {"default_parameter", Kind::DefaultParameter},
    {"typed_parameter", Kind::TypedParameter},
    {"typed_default_parameter", Kind::TypedDefaultParameter},
    {"list_splat_pattern", Kind::ListSplatPattern},
    {"dictionary_splat_pattern", Kind::DictionarySplatPattern},
    {"as_pattern", Kind::AsPattern},
    {"as_pattern_target", Kind::AsPatternTarget},
    {"interpolation", Kind::Interpolation},
};

struct FieldName
{
    const char *name;
    NodeField field;
};

constexpr FieldName kFieldNames[] = {
    {"alias", NodeField::Alias},
    {"alternative", NodeField::Alternative},
    {"argument", NodeField::Argument},
    {"arguments", NodeField::Arguments},
    {"attribute", NodeField::Attribute},
    {"body", NodeField::Body},
    {"condition", NodeField::Condition},
    {"consequence", NodeField::Consequence},
    {"definition", NodeField::Definition},
    {"function", NodeField::Function},
    {"left", NodeField::Left},
    {"module_name", NodeField::ModuleName},
    {"name", NodeField::Name},
    {"object", NodeField::Object},
    {"operator", NodeField::Operator},
    {"operators", NodeField::Operators},
    {"parameters", NodeField::Parameters},
    {"right", NodeField::Right},
    {"subscript", NodeField::Subscript},
    {"superclasses", NodeField::Superclasses},
    {"type", NodeField::Type},
    {"value", NodeField::Value},
};

// The grammar's numbers translated once into ours.
class Grammar
{
public:
    Grammar()
    {
        const TSLanguage *language = tree_sitter_python();
        m_kinds.assign(ts_language_symbol_count(language), Kind::Other);
        for (std::size_t i = 0; i < m_kinds.size(); ++i) {
            const auto symbol = static_cast<TSSymbol>(i);
            const std::string_view name = ts_language_symbol_name(language, symbol);
            const auto *found = std::find_if(std::begin(kKindNames), std::end(kKindNames),
                                             [&](const KindName &k) { return name == k.name; });
            if (ts_language_symbol_type(language, symbol) == TSSymbolTypeRegular
                && found != std::end(kKindNames)) {
                m_kinds[i] = found->kind;
            }
        }
        m_fields.assign(ts_language_field_count(language) + 1, NodeField::Other);
        m_fields[0] = NodeField::None;
        for (const FieldName &f : kFieldNames) {
            const TSFieldId id = ts_language_field_id_for_name(
                language, f.name, static_cast<std::uint32_t>(std::string_view(f.name).size()));
            if (id < m_fields.size()) {
                m_fields[id] = f.field;
            }
        }
    }

    [[nodiscard]] NodeKind kind(TSNode node) const
    {
        if (!ts_node_is_named(node)) {
            return Kind::Token;
        }
        const TSSymbol symbol = ts_node_symbol(node);
        return symbol < m_kinds.size() ? m_kinds[symbol] : Kind::Error; // ERROR is 65535
    }
    [[nodiscard]] NodeField field(TSFieldId id) const { return m_fields[id]; }

private:
    std::vector<NodeKind> m_kinds;
    std::vector<NodeField> m_fields;
};

using TreePtr = std::unique_ptr<TSTree, decltype(&ts_tree_delete)>;

TreePtr parseTree(std::string_view code)
{
    struct Parser
    {
        TSParser *parser = ts_parser_new();
        Parser() { ts_parser_set_language(parser, tree_sitter_python()); }
        ~Parser() { ts_parser_delete(parser); }
        Parser(const Parser &) = delete;
        Parser &operator=(const Parser &) = delete;
    };
    thread_local const Parser parser;
    // Error recovery can take very long on text that is no Python: two seconds and five
    // microseconds for each byte is forty times what correct code needs, and enough for it on a
    // machine where other programs have most of the processor.
    ts_parser_set_timeout_micros(parser.parser, 2'000'000 + 5 * code.size());
    TreePtr tree(ts_parser_parse_string(parser.parser, nullptr, code.data(),
                                        static_cast<std::uint32_t>(code.size())),
                 &ts_tree_delete);
    ts_parser_reset(parser.parser);
    return tree;
}

// Open brackets at the deepest place. The parser's library corrupts its heap on very deep nesting,
// so such a text must not reach it. Brackets in strings count too: none has that many unclosed.
std::size_t deepestBrackets(std::string_view code)
{
    std::size_t depth = 0;
    std::size_t deepest = 0;
    for (const char c : code) {
        if (c == '(' || c == '[' || c == '{') {
            deepest = std::max(deepest, ++depth);
        } else if ((c == ')' || c == ']' || c == '}') && depth > 0) {
            --depth;
        }
    }
    return deepest;
}

Error tooDeep()
{
    return {Errc::TooLarge,
            "the code is nested more than " + std::to_string(SyntaxTree::kMaxDepth)
                + " levels deep",
            {},
            {}};
}

// Copies the grammar's tree into the flat array by one cursor, without recursion.
class Flattener
{
public:
    Flattener(std::vector<SyntaxNode> &nodes, std::vector<ByteSpan> &errors)
        : m_nodes(nodes)
        , m_errors(errors)
    {}

    // false: nested too deeply.
    bool run(const TSTree *tree)
    {
        TSTreeCursor cursor = ts_tree_cursor_new(ts_tree_root_node(tree));
        const bool isDone = walk(cursor);
        ts_tree_cursor_delete(&cursor);
        return isDone;
    }

private:
    bool walk(TSTreeCursor &cursor)
    {
        open(cursor);
        while (true) {
            if (ts_tree_cursor_goto_first_child(&cursor)) {
                if (m_open.size() >= SyntaxTree::kMaxDepth) {
                    return false;
                }
                open(cursor);
                continue;
            }
            while (true) {
                close();
                if (ts_tree_cursor_goto_next_sibling(&cursor)) {
                    open(cursor);
                    break;
                }
                if (!ts_tree_cursor_goto_parent(&cursor)) {
                    return true;
                }
            }
        }
    }

    void open(const TSTreeCursor &cursor)
    {
        static const Grammar grammar;
        const TSNode node = ts_tree_cursor_current_node(&cursor);
        SyntaxNode out;
        out.kind = grammar.kind(node);
        out.field = grammar.field(ts_tree_cursor_current_field_id(&cursor));
        out.symbol = ts_node_symbol(node);
        out.isNamed = ts_node_is_named(node);
        out.isMissing = ts_node_is_missing(node);
        out.begin = ts_node_start_byte(node);
        out.end = ts_node_end_byte(node);
        const auto id = static_cast<NodeId>(m_nodes.size());
        if (!m_open.empty()) {
            Open &parent = m_open.back();
            out.parent = parent.id;
            (parent.lastChild == kNoNode ? m_nodes[parent.id].firstChild
                                         : m_nodes[parent.lastChild].nextSibling) = id;
            parent.lastChild = id;
        }
        if (out.kind == Kind::Error || out.isMissing) {
            m_errors.push_back({out.begin, out.end});
        }
        m_nodes.push_back(out);
        m_open.push_back({id, kNoNode});
    }

    void close()
    {
        m_nodes[m_open.back().id].subtreeEnd = static_cast<NodeId>(m_nodes.size());
        m_open.pop_back();
    }

    struct Open
    {
        NodeId id;
        NodeId lastChild;
    };
    std::vector<SyntaxNode> &m_nodes;
    std::vector<ByteSpan> &m_errors;
    std::vector<Open> m_open;
};

} // namespace

namespace {

// tree-sitter 0.20 counts a node's children in 16 bits. Only an error can have more of them, and
// only a long one; its tree must not be freed, since the count tells where the memory begins.
constexpr std::size_t kSuspectErrorBytes = 0xFFFF;

bool isSuspect(const std::vector<ByteSpan> &errors)
{
    return std::any_of(errors.begin(), errors.end(),
                       [](const ByteSpan &error) { return error.size() > kSuspectErrorBytes; });
}

// Children that the count lost are missing at the end.
bool hasLostChildren(const std::vector<SyntaxNode> &nodes)
{
    constexpr std::size_t slack = 1024; // what has no node of its own: blanks, line ends
    for (const SyntaxNode &node : nodes) {
        if (node.kind != Kind::Error || node.end - node.begin <= kSuspectErrorBytes) {
            continue;
        }
        std::size_t covered = node.begin;
        for (NodeId child = node.firstChild; child != kNoNode; child = nodes[child].nextSibling) {
            covered = nodes[child].end;
        }
        if (covered + slack < node.end) {
            return true;
        }
    }
    return false;
}

} // namespace

Result<SyntaxTree> SyntaxTree::parse(std::string_view code)
{
    if (deepestBrackets(code) > kMaxDepth) {
        return tl::unexpected<Error>(tooDeep());
    }
    TreePtr tree = parseTree(code);
    if (!tree) {
        return fail(Errc::TooLarge, "the parser needed too long: the text is no Python source, "
                                    "or far too large");
    }
    SyntaxTree out;
    out.m_code = code;
    out.m_nodes.reserve(code.size() / 3 + 16);
    const bool isDone = Flattener(out.m_nodes, out.m_errors).run(tree.get());
    if (isSuspect(out.m_errors)) {
        static_cast<void>(tree.release());
    }
    if (!isDone) {
        return tl::unexpected<Error>(tooDeep());
    }
    if (hasLostChildren(out.m_nodes)) {
        return fail(Errc::TooLarge, "more than 64 KiB in one piece are no Python source");
    }
    return out;
}

SyntaxTree::Children::Iterator::Iterator(const SyntaxTree *tree, NodeId at,
                                         bool isNamedOnly) noexcept
    : m_tree(tree)
    , m_at(at)
    , m_isNamedOnly(isNamedOnly)
{
    skipUnwanted();
}

SyntaxTree::Children::Iterator &SyntaxTree::Children::Iterator::operator++() noexcept
{
    m_at = (*m_tree)[m_at].nextSibling;
    skipUnwanted();
    return *this;
}

void SyntaxTree::Children::Iterator::skipUnwanted() noexcept
{
    while (m_isNamedOnly && m_at != kNoNode
           && (!(*m_tree)[m_at].isNamed || (*m_tree)[m_at].kind == Kind::Comment)) {
        m_at = (*m_tree)[m_at].nextSibling;
    }
}

std::string_view SyntaxTree::text(NodeId id) const noexcept
{
    return id == kNoNode ? std::string_view{}
                         : m_code.substr(m_nodes[id].begin, m_nodes[id].end - m_nodes[id].begin);
}

ByteSpan SyntaxTree::span(NodeId id) const noexcept
{
    return id == kNoNode ? ByteSpan{} : ByteSpan{m_nodes[id].begin, m_nodes[id].end};
}

bool standsForSeveral(NodeKind kind) noexcept
{
    return kind == Kind::PatternList || kind == Kind::TuplePattern || kind == Kind::ListPattern
           || kind == Kind::Tuple || kind == Kind::List || kind == Kind::ExpressionList;
}

SyntaxTree::Children SyntaxTree::children(NodeId id) const noexcept
{
    return {this, id == kNoNode ? kNoNode : m_nodes[id].firstChild, false};
}

SyntaxTree::Children SyntaxTree::named(NodeId id) const noexcept
{
    return {this, id == kNoNode ? kNoNode : m_nodes[id].firstChild, true};
}

std::size_t SyntaxTree::namedCount(NodeId id) const noexcept
{
    std::size_t count = 0;
    for ([[maybe_unused]] const NodeId child : named(id)) {
        ++count;
    }
    return count;
}

NodeId SyntaxTree::namedChild(NodeId id, std::size_t index) const noexcept
{
    for (const NodeId child : named(id)) {
        if (index-- == 0) {
            return child;
        }
    }
    return kNoNode;
}

NodeId SyntaxTree::child(NodeId id, NodeField field) const noexcept
{
    for (const NodeId child : children(id)) {
        if (m_nodes[child].field == field) {
            return child;
        }
    }
    return kNoNode;
}

NodeId SyntaxTree::withoutParentheses(NodeId id) const noexcept
{
    while (kind(id) == Kind::Parenthesized) {
        const NodeId inner = namedChild(id, 0);
        if (inner == kNoNode) {
            break;
        }
        id = inner;
    }
    return id;
}

NodeId SyntaxTree::enclosing(NodeId id, NodeKind wanted) const noexcept
{
    for (id = m_nodes[id].parent; id != kNoNode; id = m_nodes[id].parent) {
        if (m_nodes[id].kind == wanted) {
            return id;
        }
    }
    return kNoNode;
}

NodeId SyntaxTree::statementOf(NodeId id) const noexcept
{
    while (id != 0) {
        const Kind above = m_nodes[m_nodes[id].parent].kind;
        if (above == Kind::Block || above == Kind::Module) {
            return id;
        }
        id = m_nodes[id].parent;
    }
    return id;
}

bool SyntaxTree::isStringStatement(NodeId statement) const noexcept
{
    return kind(statement) == Kind::ExpressionStatement
           && kind(namedChild(statement, 0)) == Kind::String;
}

NodeId SyntaxTree::nodeAt(ByteSpan wanted) const noexcept
{
    if (wanted.size() > 0) {
        // In preorder nodes begin one after the other: the last one that may hold it is below
        // the one that does.
        const auto after =
            std::partition_point(m_nodes.begin(), m_nodes.end(), [&](const SyntaxNode &node) {
                return node.begin <= wanted.begin;
            });
        auto id = static_cast<NodeId>(after - m_nodes.begin());
        id = id == 0 ? 0 : id - 1;
        while (id != 0 && (!m_nodes[id].isNamed || !span(id).contains(wanted))) {
            id = m_nodes[id].parent;
        }
        return id;
    }
    NodeId best = 0;
    for (bool isDeeper = true; isDeeper;) {
        isDeeper = false;
        for (const NodeId child : children(best)) {
            if (m_nodes[child].isNamed && span(child).contains(wanted)) {
                best = child;
                isDeeper = true;
                break;
            }
        }
    }
    return best;
}

} // namespace TorchLift
