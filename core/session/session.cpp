#include "session/session.h"

#include "base/files.h"
#include "session/jsonreader.h"
#include "session/jsonwriter.h"
#include "session/sessioncheck.h"

namespace TorchLift {

namespace {

constexpr std::size_t kMaxSessionBytes = 128U * 1024U * 1024U;
constexpr const char *kKind = "torchlift-session";

} // namespace

template <typename Archive, Is<Session> T>
void fields(Archive &archive, T &session)
{
    archive("fileName", session.fileName);
    archive("createdAt", session.createdAt);
    archive("options", session.options);
    archive.added("embedding", session.embedding);
    archive("migration", session.migration);
    archive("retrieval", session.retrieval);
    archive("result", session.result);
    archive.added("bisection", session.bisection);
    archive("prompt", session.prompt);
    archive("modelAnswer", session.modelAnswer);
    archive("explanation", session.explanation);
}

std::string sessionToJson(const Session &session)
{
    JsonWriter writer;
    writer("kind", kKind);
    writer("schema", Session::kSchema);
    fields(writer, session);
    return writer.finish();
}

Result<Session> sessionFromJson(std::string_view json)
{
    Result<JsonReader> reader = JsonReader::parse(json);
    if (!reader) {
        return tl::unexpected(reader.error());
    }
    std::string kind;
    int schema = 0;
    (*reader)("kind", kind);
    (*reader)("schema", schema);
    if (const Result<void> outcome = reader->outcome(); !outcome) {
        return tl::unexpected(outcome.error());
    }
    if (kind != kKind) {
        return fail(Errc::Damaged, "kind is not that of a session");
    }
    if (schema != Session::kSchema) {
        return fail(Errc::Incompatible,
                    "the session has schema " + std::to_string(schema) + ", this version reads "
                        + std::to_string(Session::kSchema),
                    {}, "open it with a newer version");
    }
    Session session;
    fields(*reader, session);
    const Result<void> read = reader->outcome().and_then([&] { return checkSession(session); });
    return read ? Result<Session>(std::move(session)) : tl::unexpected(read.error());
}

Result<void> saveSession(const std::filesystem::path &file, const Session &session)
{
    const std::string json = sessionToJson(session);
    if (json.size() > kMaxSessionBytes) { // it could not be read again
        return fail(Errc::TooLarge, "the session is larger than 128 MiB", file.string());
    }
    return writeFileAtomically(file, json);
}

Result<Session> loadSession(const std::filesystem::path &file)
{
    return readFile(file, kMaxSessionBytes).and_then(sessionFromJson).map_error([&](Error error) {
        error.subject = file.string();
        return error;
    });
}

} // namespace TorchLift
