#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "validation/divergence.h"
#include "validation/run.h"
#include "validation/verdict.h"

namespace TorchLift {

/// One case of the results table. A run that has not been made yet is nullopt.
struct ResultRow
{
    std::string api;                      ///< first breaking symbol, else the file's name
    std::string file;                     ///< name shown in further columns
    std::optional<Run> oldAtSource;       ///< old code in the source version
    std::optional<Run> oldAtTarget;       ///< old code in the target version
    std::optional<Run> newAtTarget;       ///< new code in the target version
    std::optional<Verdict> verdict;       ///< set when all runs are there
    bool isTraced = false;                ///< what the code assigned was followed line by line
    std::optional<Divergence> divergence; ///< where the traced runs part ways first
};

/// A row of an imported CSV: the seeds' columns as they were.
struct ImportedRow
{
    std::string model; ///< of a folder with a file for each model: the file's name
    std::string api;
    std::optional<bool> worksOldAtSource;
    std::optional<bool> worksOldAtTarget;
    std::optional<bool> worksNewAtTarget;
    std::string outOldAtSource, errOldAtSource;
    std::string outOldAtTarget, errOldAtTarget;
    std::string outNewAtTarget, errNewAtTarget;
    std::string verdict; ///< empty in the seeds' files
};

/// The stable headings, in order (design.md, "Results table").
[[nodiscard]] const std::vector<std::string> &resultColumns();

/// RFC 4180 CSV with the stable headings; booleans as True and False, as pandas writes them.
[[nodiscard]] std::string resultsToCsv(const std::vector<ResultRow> &rows);

/// Reads our CSV and the seeds': headings in both languages, any order, an optional index
/// column, further columns ignored. Errors: InvalidInput naming the missing heading or the line.
[[nodiscard]] Result<std::vector<ImportedRow>> resultsFromCsv(std::string_view csv);

/// The same of a file, or of every *.csv of a folder in the order of their names, each the
/// results of the model that the file is named after.
/// Errors: also those of readFile(); NotFound for a folder without a table; of a file of a
/// folder with its name.
[[nodiscard]] Result<std::vector<ImportedRow>>
importResults(const std::filesystem::path &fileOrFolder);

} // namespace TorchLift
