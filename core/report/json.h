#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "migration/migrate.h"
#include "retrieval/citations.h"
#include "retrieval/retriever.h"
#include "source/analysis.h"
#include "source/sourcefolder.h"
#include "validation/project.h"
#include "validation/resultstable.h"

namespace TorchLift {

/// One file of a folder. The migration must outlive it.
struct FileReport
{
    std::string path; ///< below the folder, with slashes
    std::string kind; ///< "python", "pins", "native"
    const Migration *migration = nullptr;
    const Retrieval *retrieval = nullptr; ///< null: no notes were looked for
};

/// JSON texts following resources/schemas/*.schema.json, each with a `schema` number, ending in
/// a newline. Members are named as in the structures; lines count from 1, spans are bytes of
/// the old code.
inline constexpr int kReportSchema = 1;

/// `file` is the name shown. Edits carry the line they start on. `retrieval` may be null: no notes
/// were looked for.
[[nodiscard]] std::string migrationToJson(const Migration &migration, std::string_view file,
                                          const Retrieval *retrieval = nullptr);
[[nodiscard]] std::string retrievalToJson(const Retrieval &retrieval);

/// A question with what was found, and a model's answer where there is one.
struct AnswerReport
{
    std::string_view question;
    const Retrieval *retrieval = nullptr;     ///< never null
    const std::string *text = nullptr;        ///< null: nobody was asked, or nothing came
    const CitationCheck *citations = nullptr; ///< with `text`
    bool isCutOff = false;
};
[[nodiscard]] std::string answerToJson(const AnswerReport &answer);
[[nodiscard]] std::string resultsToJson(const std::vector<ResultRow> &rows);
/// A table of one row.
[[nodiscard]] std::string resultRowToJson(const ResultRow &row);

/// Cases of a batch: of each its name, its row or null, and why it was not run.
struct CaseReport
{
    std::string name;
    const std::optional<ResultRow> *row = nullptr;
    std::string fault;
};
[[nodiscard]] std::string casesToJson(const std::vector<CaseReport> &cases);
[[nodiscard]] std::string projectResultToJson(const ProjectResult &result);

/// What breaks, without the rewritten code: `findings` are the edits and residues of `migration`
/// by position, `uses` everything that `analysis` saw.
[[nodiscard]] std::string scanToJson(const Analysis &analysis, const Migration &migration,
                                     std::string_view file);

/// The same for a folder: each file, and what was left out.
[[nodiscard]] std::string folderMigrationToJson(std::string_view folder,
                                                const std::vector<FileReport> &files,
                                                const std::vector<SkippedPath> &skipped);
/// Without the uses.
[[nodiscard]] std::string folderScanToJson(std::string_view folder,
                                           const std::vector<FileReport> &files,
                                           const std::vector<SkippedPath> &skipped);

} // namespace TorchLift
