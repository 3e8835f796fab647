#pragma once

#include <vector>

/// One script against the sandbox. A script that finds a way prints BREACH; one that was stopped
/// where it should be and goes on prints done.
struct Attack
{
    const char *name;     ///< begins with its number in the list of attacks
    const char *outcomes; ///< what the run may end with, separated by '|'
    const char *script;   ///< PRELUDE is put before it
};

/// Functions that the scripts share.
extern const char *const kAttackPrelude;
[[nodiscard]] const std::vector<Attack> &attacks();
