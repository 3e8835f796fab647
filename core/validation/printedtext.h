#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "validation/numbers.h"

namespace TorchLift {

/// A piece of printed output: a number, a word, or one other character.
struct Token
{
    std::string_view text;
    double number = 0;
    int decimals = 0; ///< digits after the point
    bool isNumber = false;
    bool isDuration = false; ///< a number with a unit of time after it
    bool isTruth = false;    ///< True or False; `number` is 1 or 0
    bool isGradient = false; ///< name of a tensor's gradient function
};

/// Cuts output into tokens. White space separates and is dropped; digits within a word ("conv1")
/// belong to it; an object's address ("0x7f...") becomes the word "0x". Names of gradient functions
/// (of "grad_fn=<AddBackward0>") agree whatever they are: every version has its own.
[[nodiscard]] std::vector<Token> tokenize(std::string_view output);

struct TextComparison
{
    Closeness closeness = Closeness::Equal;
    std::size_t numbers = 0;         ///< numbers compared
    bool differsInDtypeOnly = false; ///< equal but for dtypes of printed tensors, bool as 0 and 1
    /// Equal but for masks that were uint8 and are bool: 1 is printed as True, 0 as False.
    bool differsInMasksOnly = false;
    bool isSomeLeftOut = false; ///< numbers that vary by themselves
    std::string oldPart;        ///< the lines where they part ways
    std::string newPart;
};

/// `further`: its runs' outputs; what varies by itself is left out, measured noise allowed.
[[nodiscard]] TextComparison compareOutput(std::string_view oldOutput, std::string_view newOutput,
                                           const Tolerance &tolerance,
                                           const FurtherRuns &further = {});

} // namespace TorchLift
