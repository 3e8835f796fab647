#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "migration/migrate.h"
#include "retrieval/retriever.h"
#include "validation/releasesearch.h"
#include "validation/resultstable.h"

namespace TorchLift {

/// Everything about one migration, in one file that can be shown again without model or network.
struct Session
{
    static constexpr int kSchema = 1;

    std::string fileName;  ///< of the old code, for titles; may be empty
    std::string createdAt; ///< ISO 8601 UTC
    MigrationOptions options;
    std::optional<EmbeddingChoice> embedding; ///< unset: the default one, where it is there
    Migration migration;
    std::optional<Retrieval> retrieval;
    std::optional<ResultRow> result;
    std::optional<BisectionAnswer> bisection; ///< narrowed `retrieval`, where it was known
    std::string prompt;                       ///< as sent, when a model was asked
    std::string modelAnswer;                  ///< as it came
    std::string explanation;
};

/// Written atomically as JSON (resources/schemas/session.schema.json). Never holds a key.
[[nodiscard]] Result<void> saveSession(const std::filesystem::path &file, const Session &session);

/// Errors: NotFound, Damaged naming the field, Incompatible for a newer schema.
[[nodiscard]] Result<Session> loadSession(const std::filesystem::path &file);

/// The same document as text, for tests and reports.
[[nodiscard]] std::string sessionToJson(const Session &session);
[[nodiscard]] Result<Session> sessionFromJson(std::string_view json);

} // namespace TorchLift
