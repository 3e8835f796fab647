#include "retrieval/namecounts.h"

#include <cmath>
#include <set>

#include "corpus/terms.h"
#include "retrieval/querysymbols.h"

namespace TorchLift {

void NameCounts::add(const Chunk &chunk)
{
    std::set<std::string> names;
    for (const std::string &symbol : chunk.symbols) {
        names.emplace(lastName(symbol));
    }
    for (std::string &name : memberNamesOf(chunk.text)) {
        names.insert(std::move(name));
    }
    for (const std::string &name : names) {
        ++m_counts[name];
    }
    ++m_chunks;
}

double NameCounts::rarity(std::string_view symbol) const
{
    const auto known = m_counts.find(std::string(lastName(symbol)));
    const double count = known == m_counts.end() ? 0 : static_cast<double>(known->second);
    const auto all = static_cast<double>(m_chunks);
    return m_chunks == 0 ? 1 : std::log((all + 1) / (count + 1)) / std::log(all + 1);
}

} // namespace TorchLift
