#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace TorchLift {

/// A case of a batch: old and new code that are run and compared.
struct BatchCase
{
    std::string name;    ///< unique among its batch
    std::string oldCode; ///< bytes as they were given
    std::string newCode;
    std::string fault; ///< why it cannot be run; empty: it can
};

/// Reads cases:
///   - JSON: an array of objects, or an object with such an array as "cases"; JSONL: an object a
///     line. Members: "name" (else "case 1" by its place), "old" and "new", which hold code, or a
///     path where they are one line that ends in ".py";
///   - CSV with the columns name, old, new, likewise;
///   - a folder: each folder in it that holds old.py and new.py, and each pair NAME_old.py and
///     NAME_new.py.
/// Relative paths are below the file's folder. A case that is incomplete or cannot be read has a
/// fault that says where and why; the others are not concerned.
/// Errors: those of readFile; InvalidInput for a file that is none of these, or without a case.
[[nodiscard]] Result<std::vector<BatchCase>> readCases(const std::filesystem::path &fileOrFolder);

} // namespace TorchLift
