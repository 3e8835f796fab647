#include "migration/rule.h"

#include <algorithm>
#include <cctype>

namespace TorchLift {

namespace {

const std::vector<std::size_t> &
lookUp(const std::map<std::string, std::vector<std::size_t>, std::less<>> &index,
       std::string_view key)
{
    static const std::vector<std::size_t> none;
    const auto found = index.find(key);
    return found == index.end() ? none : found->second;
}

void addOnce(std::vector<std::size_t> &indexes, std::size_t index)
{
    if (indexes.empty() || indexes.back() != index) {
        indexes.push_back(index);
    }
}

} // namespace

bool RuleInfo::concerns(std::string_view symbol) const
{
    return std::find(symbols.begin(), symbols.end(), symbol) != symbols.end();
}

bool isMemberSymbol(std::string_view symbol)
{
    const std::size_t last = symbol.rfind('.');
    if (last == std::string_view::npos || last == 0) {
        return false;
    }
    const std::string_view owner = symbol.substr(0, last);
    const std::string_view name = owner.substr(owner.rfind('.') + 1);
    const bool isClass = std::isupper(static_cast<unsigned char>(name.front())) != 0;
    return isClass || owner == "dict" || owner == "str" || owner == "list" || owner == "object"
           || owner == "numpy.ndarray";
}

CompiledRules::CompiledRules(std::vector<Rule> rules)
    : m_rules(std::move(rules))
{
    for (std::size_t i = 0; i < m_rules.size(); ++i) {
        const Rule &rule = m_rules[i];
        m_infos.push_back(rule.info);
        for (const std::string &symbol : rule.info.symbols) {
            addOnce(m_bySymbol[symbol], i);
            if (isMemberSymbol(symbol)) {
                addOnce(m_byMember[symbol.substr(symbol.rfind('.') + 1)], i);
            }
        }
        for (const RuleCase &ruleCase : rule.cases) {
            const std::string &anchor = ruleCase.match.anchorName();
            if (anchor.empty()) {
                addOnce(m_byKind[ruleCase.match.tree().kind(ruleCase.match.root())], i);
            } else if (anchor.front() == '.') {
                addOnce(m_byMember[anchor.substr(1)], i);
            } else {
                addOnce(m_bySymbol[anchor], i);
            }
        }
    }
    const auto sortIndex = [](auto &index) {
        for (auto &[key, indexes] : index) {
            std::sort(indexes.begin(), indexes.end());
            indexes.erase(std::unique(indexes.begin(), indexes.end()), indexes.end());
        }
    };
    sortIndex(m_bySymbol);
    sortIndex(m_byMember);
    sortIndex(m_byKind);
}

const std::vector<std::size_t> &CompiledRules::rulesForSymbol(std::string_view symbol) const
{
    return lookUp(m_bySymbol, symbol);
}

const std::vector<std::size_t> &CompiledRules::rulesForMember(std::string_view name) const
{
    return lookUp(m_byMember, name);
}

const std::vector<std::size_t> &CompiledRules::rulesForKind(NodeKind kind) const
{
    static const std::vector<std::size_t> none;
    const auto found = m_byKind.find(kind);
    return found == m_byKind.end() ? none : found->second;
}

} // namespace TorchLift
