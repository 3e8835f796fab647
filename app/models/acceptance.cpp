#include "models/acceptance.h"

namespace TorchLift {

AcceptanceState::AcceptanceState(std::shared_ptr<const Migration> result)
    : migration(std::move(result))
{
    for (const Edit &edit : migration->edits) {
        accepted.push_back(edit.isAccepted);
    }
}

std::vector<Edit> AcceptanceState::edits() const
{
    if (!migration) {
        return {};
    }
    std::vector<Edit> edits = migration->edits;
    for (std::size_t i = 0; i < edits.size(); ++i) {
        edits[i].isAccepted = accepted[i];
    }
    return edits;
}

Rendering AcceptanceState::rendering() const
{
    return migration ? render(migration->oldCode, edits()) : Rendering{};
}

AcceptanceState AcceptanceState::with(const std::vector<std::size_t> &rows, bool isAccepted) const
{
    AcceptanceState state = *this;
    for (const std::size_t row : rows) {
        state.accepted[row] = isAccepted;
        const std::string &group = migration->edits[row].group;
        for (std::size_t i = 0; !group.empty() && i < state.accepted.size(); ++i) {
            if (migration->edits[i].group == group) {
                state.accepted[i] = isAccepted;
            }
        }
    }
    return state;
}

std::vector<std::size_t> AcceptanceState::rowsOfRule(const std::string &ruleId) const
{
    std::vector<std::size_t> rows;
    for (std::size_t i = 0; migration && i < migration->edits.size(); ++i) {
        if (migration->edits[i].ruleId == ruleId) {
            rows.push_back(i);
        }
    }
    return rows;
}

} // namespace TorchLift
