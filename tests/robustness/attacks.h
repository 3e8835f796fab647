#pragma once

#include <vector>

/// One script against the sandbox. A script that finds a way prints BREACH; one that was stopped
/// where it should be and goes on prints done.
struct Attack
{
    const char *name;     ///< begins with its number in the list of attacks
    const char *outcomes; ///< what the run may end with, separated by '|'
    const char *script;   ///< kAttackPrelude is put before it
    int seconds = 10;     ///< it may take; one that is to time out gets 1
};

/// Functions that the scripts share.
extern const char *const kAttackPrelude;

/// All of them, by number.
[[nodiscard]] std::vector<Attack> attacks();
[[nodiscard]] std::vector<Attack> resourceAttacks();
[[nodiscard]] std::vector<Attack> isolationAttacks();
[[nodiscard]] std::vector<Attack> endingAttacks();
