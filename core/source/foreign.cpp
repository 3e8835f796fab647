#include "source/evaluator.h"

namespace TorchLift {

// What other files of the project define, as their facts tell.

Type Evaluator::localized(const Type &foreign)
{
    Type type = foreign;
    if (!type.name.empty()) {
        type.name = m_data.intern(type.name);
    }
    for (Type &element : type.elements) {
        element = localized(element);
    }
    return type;
}

// ".net" written in a file of the package "models" is "models.net"; as written where it is not
// relative, or nothing is known of the project.
std::string Evaluator::absoluteModule(std::string_view written) const
{
    const std::size_t dots = std::min(written.find_first_not_of('.'), written.size());
    if (dots == 0 || m_project == nullptr) {
        return std::string(written);
    }
    std::string_view package = m_package;
    for (std::size_t i = 1; i < dots; ++i) {
        const std::size_t dot = package.rfind('.');
        package = dot == std::string_view::npos ? std::string_view{} : package.substr(0, dot);
    }
    const std::string_view rest = written.substr(dots);
    if (package.empty() && rest.empty()) {
        return std::string(written);
    }
    return std::string(package) + (package.empty() || rest.empty() ? "" : ".") + std::string(rest);
}

Type Evaluator::callForeign(std::string_view symbol, const ArgumentFacts &facts, bool isMethod)
{
    if (m_project == nullptr) {
        return {};
    }
    if (m_isLastPass) {
        OutgoingCall call{std::string(symbol), isMethod, {}};
        for (const ArgumentFact &fact : facts) {
            if (fact.text.starts_with('*')) {
                break; // what follows cannot be told apart
            }
            call.arguments.emplace_back(fact.keyword, fact.type);
        }
        m_data.calls.push_back(std::move(call));
    }
    const std::string own = m_project->resolve(symbol, m_package);
    if (m_project->isClass(own)) {
        return Type::of(TypeKind::Instance, m_data.intern(own));
    }
    const Type *result = m_project->resultOf(own);
    return result == nullptr ? Type{} : localized(*result);
}

Type Evaluator::foreignMember(std::string_view className, std::string_view member)
{
    if (m_project == nullptr) {
        return {};
    }
    const std::string own = m_project->resolve(className, m_package);
    const std::string name = own.empty() ? own : m_project->memberOf(own, member);
    if (name.empty()) {
        return {};
    }
    const Type *value = m_project->valueOf(name);
    return value != nullptr ? localized(*value) : Type::of(TypeKind::Symbol, m_data.intern(name));
}

std::string Evaluator::qualifiedName(const LocalFunctionInfo &function) const
{
    std::string name(m_tree.text(m_tree.child(function.definition, NodeField::Name)));
    if (function.classIndex >= 0) {
        const NodeId owner =
            m_data.classes[static_cast<std::size_t>(function.classIndex)].definition;
        name = std::string(m_tree.text(m_tree.child(owner, NodeField::Name))) + "." + name;
    }
    return m_module.empty() ? name : m_module + "." + name;
}

const Type *Evaluator::foreignArgument(const LocalFunctionInfo &function,
                                       std::string_view parameter) const
{
    return m_project == nullptr ? nullptr
                                : m_project->argumentOf(qualifiedName(function), parameter);
}

} // namespace TorchLift
