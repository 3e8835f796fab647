#pragma once

#include <map>
#include <set>
#include <string>

/// Which number of the list of attacks ended how, in which environment, for which user.
class AttackReport
{
public:
    /// `attack` begins with its two digits.
    void add(const std::string &attack, const std::string &environment, const std::string &outcome);

    [[nodiscard]] bool isEmpty() const { return m_outcomes.empty(); }
    /// Numbers from 1 to 45 that some environment lacks, as text; empty: none.
    [[nodiscard]] std::string missing() const;
    /// A table, one line for each attack.
    [[nodiscard]] std::string text() const;

private:
    std::set<std::string> m_environments;
    std::map<std::string, std::map<std::string, std::string>> m_outcomes;
};
