#include "pipeline/remigration.h"

#include "base/files.h"
#include "migration/handedits.h"
#include "migration/prompt.h"
#include "session/session.h"

namespace TorchLift {

namespace {

namespace fs = std::filesystem;

// What the migration of a session wrote, without what was edited afterwards.
std::string writtenBy(const Session &session)
{
    return session.modelAnswer.empty() ? generatedCode(session.migration)
                                       : splitAnswer(session.modelAnswer).code;
}

} // namespace

Result<Remigration> Remigration::open(Target target)
{
    Remigration out;
    out.m_target = std::move(target);
    std::error_code ignored;
    if (!out.m_target.file.empty() && fs::exists(out.m_target.file, ignored)) {
        auto bytes = readFile(out.m_target.file);
        if (!bytes) {
            return tl::unexpected(bytes.error());
        }
        if (auto existing = SourceFile::decode(out.m_target.file, *bytes)) {
            out.m_existing = std::move(*existing);
        }
        out.m_bytes = std::move(*bytes);
    }
    const fs::path &session = out.m_target.session;
    if (!session.empty() && fs::exists(session, ignored) && !out.m_target.isForced) {
        if (auto read = out.readEarlier(); !read) {
            return tl::unexpected(read.error());
        }
    }
    return out;
}

Result<void> Remigration::readEarlier()
{
    const auto session = loadSession(m_target.session);
    if (!session) {
        Error error = session.error();
        error.remedy = "name another file, or --force to replace it";
        return tl::unexpected(error);
    }
    if (fs::path(session->fileName).filename() != fs::path(m_target.source).filename()) {
        return fail(Errc::Refused, "the session is that of " + session->fileName,
                    m_target.session.string(), "name another file, or --force to replace it");
    }
    m_written = writtenBy(*session);
    const bool isUntouched = !m_existing || m_existing->text.utf8 == *m_written;
    m_edited = isUntouched ? session->migration.newCode : m_existing->text.utf8;
    return {};
}

void Remigration::keepHandEdits(Migration &migration) const
{
    if (m_written) {
        TorchLift::keepHandEdits(migration, *m_written, m_edited);
    }
}

Result<std::string> Remigration::encode(const SourceFile &source, std::string_view newCode) const
{
    if (m_written && m_existing && m_existing->notebook) {
        if (auto bytes = m_existing->encode(newCode)) {
            return bytes;
        }
    }
    return source.encode(newCode);
}

Result<void> Remigration::write(std::string_view bytes) const
{
    if (m_bytes && *m_bytes == bytes) {
        return {};
    }
    const bool isKnown = m_written && m_existing;
    if (m_bytes && !isKnown && !m_target.isForced) {
        return fail(Errc::Refused,
                    "it exists and is not what would be written; it may have been edited by hand",
                    m_target.file.string(),
                    "--session FILE.torchlift of the earlier migration keeps such edits; --force "
                    "overwrites them");
    }
    std::error_code error;
    if (m_target.file.has_parent_path()) {
        fs::create_directories(m_target.file.parent_path(), error);
    }
    return error ? fail(Errc::Io, error.message(), m_target.file.parent_path().string())
                 : writeFileAtomically(m_target.file, bytes);
}

} // namespace TorchLift
