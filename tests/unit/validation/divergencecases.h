#pragma once

#include <string>
#include <vector>

namespace TorchLift {

using Lines = std::vector<std::string>;

/// A piece of a script, independent of the others; `differs` replaces its line `edited` (from 1)
/// in the new code, 0: the same code.
struct Section
{
    const char *title;
    Lines lines;
    int divergesAt = 0; ///< line within it, 0: nowhere
    const char *what = "";
    const char *name = "";
    int edited = 0;
    const char *newLine = "";
    int begin = 0; ///< its first line in the script
};

/// Each parts ways at the line named, and nowhere before.
std::vector<Section> divergingSections();
/// The two versions compute the same, or differ by numerical noise.
std::vector<Section> equalSections();

} // namespace TorchLift
