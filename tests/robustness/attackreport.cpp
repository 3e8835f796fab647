#include "attackreport.h"

#include <iomanip>
#include <sstream>

#include <unistd.h>

namespace {

constexpr int kLastNumber = 45;

} // namespace

void AttackReport::add(const std::string &attack, const std::string &environment,
                       const std::string &outcome)
{
    m_environments.insert(environment);
    m_outcomes[attack][environment] = outcome;
}

std::string AttackReport::missing() const
{
    std::ostringstream out;
    for (int number = 1; number <= kLastNumber; ++number) {
        std::ostringstream digits;
        digits << std::setw(2) << std::setfill('0') << number;
        std::set<std::string> seen;
        for (const auto &[attack, outcomes] : m_outcomes) {
            if (attack.starts_with(digits.str())) {
                for (const auto &[environment, outcome] : outcomes) {
                    seen.insert(environment);
                }
            }
        }
        if (seen.empty() || seen != m_environments) {
            out << number << ' ';
        }
    }
    return out.str();
}

std::string AttackReport::text() const
{
    std::ostringstream out;
    const auto cell = [&out](int width, const std::string &text) {
        out << std::left << std::setw(width) << text << "  ";
    };
    constexpr int nameWidth = 72;
    constexpr int outcomeWidth = 12;
    cell(nameWidth, std::string("as ") + (::getuid() == 0 ? "root" : "an ordinary user"));
    for (const std::string &environment : m_environments) {
        cell(outcomeWidth, environment);
    }
    out << '\n';
    for (const auto &[attack, outcomes] : m_outcomes) {
        cell(nameWidth, attack);
        for (const std::string &environment : m_environments) {
            const auto found = outcomes.find(environment);
            cell(outcomeWidth, found == outcomes.end() ? "-" : found->second);
        }
        out << '\n';
    }
    return out.str();
}
