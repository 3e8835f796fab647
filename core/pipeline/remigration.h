#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "migration/migrate.h"
#include "source/sourcefile.h"

namespace TorchLift {

/// Where new code is to be written, and what an earlier migration and somebody's hand left there.
/// With the earlier migration's session what was edited since is kept; without it a file that is
/// not what would be written is never overwritten.
class Remigration
{
public:
    struct Target
    {
        std::filesystem::path file;    ///< the new code's; empty: it is written nowhere
        std::filesystem::path session; ///< the earlier migration's, if it is there; may be empty
        std::string source;            ///< name of the old code, to tell sessions apart
        bool isForced = false;         ///< what was edited may be lost
    };

    /// Reads what is there. Errors: Damaged or Incompatible (the session); Refused (it is that of
    /// another file); those of readFile.
    [[nodiscard]] static Result<Remigration> open(Target target);

    /// Whether a session of an earlier migration was found.
    [[nodiscard]] bool hasEarlier() const noexcept { return m_written.has_value(); }

    /// Brings what was edited by hand into a new migration (see TorchLift::keepHandEdits).
    void keepHandEdits(Migration &migration) const;

    /// The bytes to write for `newCode`. A notebook that is there keeps its outputs.
    /// Errors: those of SourceFile::encode.
    [[nodiscard]] Result<std::string> encode(const SourceFile &source,
                                             std::string_view newCode) const;

    /// Writes them; makes the folder. Errors: Refused where they would replace something unknown;
    /// those of writeFileAtomically.
    [[nodiscard]] Result<void> write(std::string_view bytes) const;

private:
    [[nodiscard]] Result<void> readEarlier();

    Target m_target;
    std::optional<std::string> m_bytes;   ///< of the file that is there
    std::optional<SourceFile> m_existing; ///< the same, where it can be read
    std::optional<std::string> m_written; ///< by the earlier migration
    std::string m_edited;                 ///< what has become of it
};

} // namespace TorchLift
