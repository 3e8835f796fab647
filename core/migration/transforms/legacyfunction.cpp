#include <algorithm>
#include <map>
#include <optional>

#include "base/parallel.h"
#include "migration/textedit.h"
#include "migration/transforms/functioncalls.h"
#include "migration/transforms/legacyclass.h"
#include "migration/transforms/transforms.h"

namespace TorchLift {

namespace {

using Kind = NodeKind;

// Rewrites one class and everything that makes or calls its instances, as one edit.
class ClassRewriter
{
public:
    ClassRewriter(const Semantics &semantics, const Rule &rule, LegacyClass info)
        : m_semantics(semantics)
        , m_tree(semantics.tree())
        , m_class(std::move(info))
        , m_edit(newEdit(rule))
    {}

    std::optional<Edit> run(LocalizedText &why)
    {
        const bool isDone = rewriteUses() && rewriteBody();
        if (!isDone) {
            why = m_why;
            return std::nullopt;
        }
        m_edit.evidence = Evidence::Resolved;
        return std::move(m_edit);
    }

private:
    bool refuse(std::string en, std::string ru)
    {
        m_why = {std::move(en), std::move(ru)};
        return false;
    }

    void add(ByteSpan span, std::string_view text)
    {
        m_edit.replacements.push_back(replaced(span, text));
    }

    // Code that cannot run in any version may lack either.
    bool hasSelfAndBody(NodeId method) const
    {
        return method == kNoNode
               || (m_tree.namedCount(m_tree.child(method, NodeField::Parameters)) > 0
                   && m_tree.namedCount(m_tree.child(method, NodeField::Body)) > 0);
    }

    bool rewriteBody()
    {
        if (!hasSelfAndBody(m_class.forward) || !hasSelfAndBody(m_class.backward)) {
            return refuse("A method of " + m_class.name + " has no parameter or no body.",
                          "У метода класса " + m_class.name + " нет параметров или тела.");
        }
        if (m_class.forward != kNoNode) {
            makeStatic(m_class.forward);
        }
        if (m_class.backward != kNoNode) {
            makeStatic(m_class.backward);
        }
        rewriteSelf(m_class.forward, "ctx");
        rewriteSelf(m_class.backward, "ctx");
        for (const NodeId method : m_class.helpers) {
            rewriteSelf(method, {});
        }
        if (m_class.init != kNoNode) {
            moveInit();
        }
        return m_class.calling.parameters.empty() || m_class.backward == kNoNode || extendReturns();
    }

    void makeStatic(NodeId method)
    {
        NodeId first = method;
        if (m_tree.kind(m_tree.parent(method)) == Kind::DecoratedDefinition) {
            first = m_tree.parent(method);
        }
        const std::size_t at = m_tree[first].begin;
        std::string text = "@staticmethod";
        text.append(lineEndOf(m_tree.code())).append(indentationAt(m_tree.code(), at));
        add({at, at}, text);
    }

    // `ctx` empty: a helper, which keeps the name of its first parameter.
    void rewriteSelf(NodeId method, std::string_view ctx)
    {
        if (method == kNoNode) {
            return;
        }
        const std::string_view self = m_class.selfOf(m_tree, method);
        const std::string_view now = ctx.empty() ? self : ctx;
        for (NodeId id = method; id < m_tree[method].subtreeEnd; ++id) {
            if (m_tree.kind(id) != Kind::Identifier || m_tree.text(id) != self
                || m_tree[id].field == NodeField::Attribute
                || m_tree[id].field == NodeField::Name) {
                continue;
            }
            const NodeId above = m_tree.parent(id);
            const bool isMember = m_tree.kind(above) == Kind::Attribute;
            const NodeId nameNode = isMember ? m_tree.child(above, NodeField::Attribute) : kNoNode;
            const std::string_view name = m_tree.text(nameNode);
            if (isMember && m_class.isHelper(name)) {
                callHelper(above, now);
            } else if (isMember && m_class.isClassAttribute(name)) {
                add(m_tree.span(id), m_class.name);
            } else if (now != self) {
                add(m_tree.span(id), now);
            }
        }
    }

    // self.helper(x) to Class.helper(ctx, x)
    void callHelper(NodeId member, std::string_view self)
    {
        const NodeId object = m_tree.child(member, NodeField::Object);
        add(m_tree.span(object), m_class.name);
        const NodeId call = m_tree.parent(member);
        const NodeId list = m_tree.child(call, NodeField::Arguments);
        if (m_tree.kind(call) != Kind::Call || m_tree.kind(list) != Kind::ArgumentList) {
            return;
        }
        const std::size_t at = m_tree[list].begin + 1;
        add({at, at}, std::string(self) + (m_tree.namedCount(list) > 0 ? ", " : ""));
    }

    // What __init__ did happens at the start of forward, with its parameters.
    void moveInit()
    {
        const NodeId parameters = m_tree.child(m_class.forward, NodeField::Parameters);
        std::string text;
        for (const StaticFunction::Parameter &parameter : m_class.calling.parameters) {
            const bool hasDefault = !parameter.defaultText.empty() && !m_class.calling.isPrefixed;
            text += ", " + parameter.newName
                    + (hasDefault ? "=" + parameter.defaultText : std::string{});
        }
        const std::size_t count = m_tree.namedCount(parameters);
        const NodeId after =
            m_tree.namedChild(parameters, m_class.calling.isPrefixed ? 0 : count - 1);
        const std::size_t at = m_tree[after].end;
        if (!text.empty()) {
            add({at, at}, text);
        }
        const std::vector<std::string> statements = m_class.initStatements(m_tree);
        if (!statements.empty()) {
            const NodeId body = m_tree.child(m_class.forward, NodeField::Body);
            NodeId first = m_tree.namedChild(body, 0);
            if (m_tree.isStringStatement(first) && m_tree.namedCount(body) > 1) {
                first = m_tree.namedChild(body, 1);
            }
            const std::size_t begin = m_tree[first].begin;
            const std::string_view indentation = indentationAt(m_tree.code(), begin);
            std::string moved;
            for (const std::string &statement : statements) {
                moved.append(statement).append(lineEndOf(m_tree.code())).append(indentation);
            }
            add({begin, begin}, moved);
        }
        if (m_class.ownsInit) {
            removeInit();
        }
    }

    void removeInit()
    {
        Replacement removal = deletionOf(m_tree, m_class.init);
        // The blank lines after it go as well.
        const std::string_view code = m_tree.code();
        std::size_t end = removal.span.end;
        for (std::size_t at = end; at < code.size(); ++at) {
            if (code[at] == '\n') {
                end = at + 1;
            } else if (code[at] != ' ' && code[at] != '\t' && code[at] != '\r') {
                break;
            }
        }
        removal.span.end = end;
        m_edit.replacements.push_back(std::move(removal));
    }

    // One None for each parameter that came from __init__.
    bool extendReturns()
    {
        for (NodeId id = m_class.backward; id < m_tree[m_class.backward].subtreeEnd; ++id) {
            if (m_tree.kind(id) != Kind::Return
                || m_tree.enclosing(id, Kind::FunctionDefinition) != m_class.backward) {
                continue;
            }
            const NodeId value = m_tree.namedChild(id, 0);
            if (value != kNoNode) {
                extendReturn(value);
            }
        }
        return true;
    }

    void extendReturn(NodeId value)
    {
        std::string nones;
        for (std::size_t i = 0; i < m_class.calling.parameters.size(); ++i) {
            nones += i == 0 ? "None" : ", None";
        }
        const Kind kind = m_tree.kind(value);
        std::size_t begin = m_tree[value].begin;
        std::size_t end = m_tree[value].end;
        const bool isTuple = kind == Kind::Tuple;
        const bool isList = kind == Kind::ExpressionList || isTuple;
        const Type &type = m_semantics.typeOf(value);
        const bool isSeveral =
            !isList && !type.isTensor()
            && (type.kind == TypeKind::Tuple || type.kind == TypeKind::List || m_class.inputs > 1);
        if (isSeveral) {
            add({begin, begin}, m_class.calling.isPrefixed ? "(" + nones + ", *" : "(*");
            add({end, end}, m_class.calling.isPrefixed ? ")" : ", " + nones + ")");
            return;
        }
        begin += isTuple ? 1 : 0;
        end -= isTuple ? 1 : 0;
        if (m_class.calling.isPrefixed) {
            add({begin, begin}, nones + ", ");
            return;
        }
        const std::string_view inside = m_tree.code().substr(begin, end - begin);
        const std::size_t last = inside.find_last_not_of(" \t\r\n");
        const bool hasComma = last != std::string_view::npos && inside[last] == ',';
        add({end, end}, (hasComma ? " " : ", ") + nones);
    }

    bool rewriteUses()
    {
        FunctionCalls calls(m_tree, m_class.name, m_class.calling, m_edit.replacements);
        for (NodeId id = 0; id < m_tree.size(); ++id) {
            const Kind kind = m_tree.kind(id);
            if (kind != Kind::Identifier && kind != Kind::Attribute && kind != Kind::Call) {
                continue;
            }
            const Type &type = m_semantics.typeOf(id);
            const NodeId definition = m_semantics.definitionOf(type);
            if (definition != m_class.definition || m_tree.isInside(id, m_class.definition)) {
                continue;
            }
            const NodeId above = m_tree.parent(id);
            const NodeField field = m_tree[id].field;
            if (type.kind == TypeKind::LocalClass && m_tree.kind(above) == Kind::Call
                && field == NodeField::Function) {
                if (!calls.rewrite(above, m_why)) {
                    return false;
                }
            } else if (type.kind == TypeKind::LocalInstance && m_tree.kind(above) == Kind::Attribute
                       && field == NodeField::Object) {
                return refuse("Attributes of an instance of " + m_class.name
                                  + " are used outside of it: pass them as arguments by hand.",
                              "Атрибуты экземпляра " + m_class.name
                                  + " используются вне класса: передайте их аргументами вручную.");
            }
        }
        return true;
    }

    const Semantics &m_semantics;
    const SyntaxTree &m_tree;
    LegacyClass m_class;
    Edit m_edit;
    LocalizedText m_why;
};

// Classes of the file that inherit from each other: rewritten together or not at all.
struct Family
{
    std::vector<NodeId> definitions;
    std::vector<LegacyClass> classes;
    LocalizedText why; ///< set when one of them cannot be rewritten
};

// What `definition` derives from and is legacy, as an index of `classes`.
const LegacyClass *legacyBase(const Semantics &semantics, NodeId definition, const Family &family)
{
    const std::vector<NodeId> bases = semantics.localBasesOf(definition);
    const auto found =
        std::find_if(family.classes.begin(), family.classes.end(), [&](const LegacyClass &known) {
            return std::find(bases.begin(), bases.end(), known.definition) != bases.end();
        });
    return found == family.classes.end() ? nullptr : &*found;
}

Family *familyOf(const Semantics &semantics, NodeId definition, std::vector<Family> &families)
{
    const std::vector<NodeId> bases = semantics.localBasesOf(definition);
    const auto found = std::find_if(families.begin(), families.end(), [&](const Family &family) {
        return std::any_of(bases.begin(), bases.end(), [&](NodeId base) {
            return std::find(family.definitions.begin(), family.definitions.end(), base)
                   != family.definitions.end();
        });
    });
    return found == families.end() ? nullptr : &*found;
}

std::vector<Family> findFamilies(const Semantics &semantics)
{
    const SyntaxTree &tree = semantics.tree();
    std::vector<Family> families;
    for (NodeId id = 0; id < tree.size(); ++id) {
        if (tree.kind(id) != Kind::ClassDefinition) {
            continue;
        }
        LocalizedText why;
        std::optional<LegacyClass> info;
        Family *family = familyOf(semantics, id, families);
        if (family == nullptr) {
            info = LegacyClass::read(semantics, id, why);
            if (!info && why.en.empty()) {
                continue;
            }
            family = &families.emplace_back();
        } else if (const LegacyClass *base = legacyBase(semantics, id, *family)) {
            info = LegacyClass::readHeir(semantics, id, *base, why);
        }
        family->definitions.push_back(id);
        if (info) {
            family->classes.push_back(std::move(*info));
        } else if (family->why.en.empty()) {
            family->why = std::move(why);
        }
    }
    return families;
}

// Class().apply of a class that is static already: only the class is called through.
void dropInstances(const Semantics &semantics, const Rule &rule, Findings &findings)
{
    const SyntaxTree &tree = semantics.tree();
    for (NodeId id = 0; id < tree.size(); ++id) {
        const NodeId call = tree.child(id, NodeField::Object);
        if (tree.kind(id) != Kind::Attribute || tree.kind(call) != Kind::Call
            || tree.text(tree.child(id, NodeField::Attribute)) != "apply"
            || tree.namedCount(tree.child(call, NodeField::Arguments)) != 0) {
            continue;
        }
        const NodeId callee = tree.child(call, NodeField::Function);
        const Type &type = semantics.typeOf(callee);
        const std::vector<std::string> bases = semantics.basesOf(semantics.definitionOf(type));
        if (type.kind == TypeKind::LocalClass
            && std::find(bases.begin(), bases.end(), "torch.autograd.Function") != bases.end()) {
            Edit edit = newEdit(rule);
            edit.evidence = Evidence::Resolved;
            edit.replacements = {replaced({tree[callee].end, tree[call].end}, "")};
            findings.edits.push_back(std::move(edit));
        }
    }
}

} // namespace

namespace {

// Calls of Functions that other files of the project define and that become static there.
void rewriteForeignCalls(const Semantics &semantics, const Rule &rule, Findings &findings)
{
    const SyntaxTree &tree = semantics.tree();
    for (NodeId id = 0; id < tree.size(); ++id) {
        const NodeId call = tree.parent(id);
        if ((tree.kind(id) != Kind::Identifier && tree.kind(id) != Kind::Attribute)
            || tree.kind(call) != Kind::Call || tree[id].field != NodeField::Function) {
            continue;
        }
        const StaticFunction *function = semantics.staticFunction(semantics.symbolOf(id));
        if (function == nullptr) {
            continue;
        }
        Edit edit = newEdit(rule);
        edit.evidence = Evidence::Resolved;
        LocalizedText why;
        const std::string name(tree.text(id));
        if (FunctionCalls(tree, name, *function, edit.replacements).rewrite(call, why)) {
            findings.edits.push_back(std::move(edit));
        } else {
            findings.left.push_back({id, ResidueReason::NeedsDecision, why});
        }
    }
}

std::vector<LegacyClass> rewritableClasses(const ProjectFile &file, const Rule &rule,
                                           const ProjectFacts &facts)
{
    std::vector<LegacyClass> out;
    const auto semantics = Semantics::build(file.code, {&facts, file.path});
    if (!semantics) {
        return out;
    }
    for (Family &family : findFamilies(**semantics)) {
        for (LegacyClass &info : family.classes) {
            if (family.why.en.empty()
                && ClassRewriter(**semantics, rule, info).run(family.why).has_value()) {
                out.push_back(std::move(info));
            }
        }
    }
    return out;
}

} // namespace

void learnStaticFunctions(const std::vector<ProjectFile> &files, const Rule &rule,
                          ProjectFacts &facts)
{
    std::vector<std::vector<LegacyClass>> found(files.size());
    forEachIndex(files.size(), [&](std::size_t i) {
        if (files[i].code.find("Function") != std::string::npos) {
            found[i] = rewritableClasses(files[i], rule, facts);
        }
    });
    for (std::size_t i = 0; i < files.size(); ++i) {
        for (LegacyClass &info : found[i]) {
            facts.addStaticFunction(files[i].path, info.name, std::move(info.calling));
        }
    }
}

Findings legacyFunction(const Semantics &semantics, const Rule &rule)
{
    Findings findings;
    rewriteForeignCalls(semantics, rule, findings);
    const SyntaxTree &tree = semantics.tree();
    for (Family &family : findFamilies(semantics)) {
        std::vector<Edit> edits;
        for (const LegacyClass &info : family.classes) {
            std::optional<Edit> edit;
            if (family.why.en.empty()) {
                edit = ClassRewriter(semantics, rule, info).run(family.why);
            }
            if (edit && !edit->replacements.empty()) {
                edits.push_back(std::move(*edit));
            }
        }
        if (!family.why.en.empty()) {
            for (const NodeId definition : family.definitions) {
                findings.left.push_back({tree.child(definition, NodeField::Name),
                                         ResidueReason::NeedsDecision, family.why});
            }
            continue;
        }
        for (Edit &edit : edits) {
            if (edits.size() > 1) {
                edit.group = "legacy:" + std::to_string(tree[family.definitions.front()].begin);
            }
            findings.edits.push_back(std::move(edit));
        }
    }
    dropInstances(semantics, rule, findings);
    return findings;
}

} // namespace TorchLift
