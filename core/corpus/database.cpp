#include "corpus/database.h"

#include <atomic>
#include <fstream>

#include <QtCore/QString>
#include <QtCore/QStringList>
#include <QtCore/QVariant>
#include <QtSql/QSqlError>

namespace TorchLift {

namespace {

constexpr const char *kRemedy = "torchlift-cli corpus build";
constexpr int kError = 1; // SQLite's primary result codes; here: our own SQL does not fit
constexpr int kCorrupt = 11;
constexpr int kNotADatabase = 26;

QString uniqueName()
{
    static std::atomic<unsigned> counter = 0;
    return QStringLiteral("torchlift-corpus-%1").arg(++counter);
}

// Another file would be opened as damaged anyway; this says so without touching it.
bool isForeign(const std::filesystem::path &file)
{
    constexpr std::string_view magic("SQLite format 3\0", 16);
    std::ifstream stream(file, std::ios::binary);
    std::string head(magic.size(), ' ');
    stream.read(head.data(), static_cast<std::streamsize>(head.size()));
    return stream.gcount() > 0 && head != magic;
}

} // namespace

Database::Database(std::filesystem::path file, QString name)
    : m_file(std::move(file))
    , m_name(std::move(name))
{}

Database::~Database()
{
    QSqlDatabase::database(m_name, false).close();
    QSqlDatabase::removeDatabase(m_name);
}

Result<std::unique_ptr<Database>> Database::open(const std::filesystem::path &file,
                                                 std::span<const char *const> migrations)
{
    std::error_code error;
    std::filesystem::create_directories(file.parent_path(), error);
    if (std::filesystem::exists(file, error) && !std::filesystem::is_regular_file(file, error)) {
        return fail(Errc::Io, "it is not a regular file", file.string());
    }
    if (isForeign(file)) {
        return fail(Errc::Damaged, "it is no SQLite file", file.string(), kRemedy);
    }
    if (!QSqlDatabase::isDriverAvailable(QStringLiteral("QSQLITE"))) {
        return fail(Errc::MissingPart, "Qt's SQLite driver is not installed", "libqt6sql6-sqlite",
                    "installer/setup.sh");
    }
    std::unique_ptr<Database> database(new Database(file, uniqueName()));
    {
        QSqlDatabase connection =
            QSqlDatabase::addDatabase(QStringLiteral("QSQLITE"), database->m_name);
        connection.setDatabaseName(QString::fromStdString(file.string()));
        connection.setConnectOptions(QStringLiteral("QSQLITE_BUSY_TIMEOUT=10000"));
        if (!connection.open()) {
            return database->failed(connection.lastError());
        }
    }
    const auto version = database->number("PRAGMA user_version");
    if (!version) {
        return tl::unexpected(version.error());
    }
    if (*version > std::ssize(migrations)) {
        return fail(Errc::Incompatible,
                    "written by a newer program (format " + std::to_string(*version) + ')',
                    file.string());
    }
    auto checked = database->run("PRAGMA quick_check(1)");
    if (!checked) {
        return tl::unexpected(checked.error());
    }
    if (!checked->next() || checked->value(0).toString() != QLatin1String("ok")) {
        return fail(Errc::Damaged, checked->value(0).toString().toStdString(), file.string(),
                    kRemedy);
    }
    checked->finish();
    for (const char *pragma : {"PRAGMA journal_mode = WAL", "PRAGMA synchronous = NORMAL"}) {
        if (auto done = database->run(pragma); !done) {
            return tl::unexpected(done.error());
        }
    }
    if (auto migrated = database->migrate(migrations); !migrated) {
        return tl::unexpected(migrated.error());
    }
    const auto isWhole = database->hasTablesOf(migrations);
    if (!isWhole) {
        return tl::unexpected(isWhole.error());
    }
    if (!*isWhole) { // quick_check reads pages, not what the tables are called
        return fail(Errc::Damaged, "its tables are not ours", file.string(), kRemedy);
    }
    return database;
}

Result<bool> Database::hasTablesOf(std::span<const char *const> migrations)
{
    Database fresh({}, uniqueName());
    QSqlDatabase connection = QSqlDatabase::addDatabase(QStringLiteral("QSQLITE"), fresh.m_name);
    connection.setDatabaseName(QStringLiteral(":memory:"));
    if (!connection.open()) {
        return failed(connection.lastError());
    }
    if (auto made = fresh.migrate(migrations); !made) {
        return tl::unexpected(made.error());
    }
    const auto expected = fresh.tables();
    const auto found = tables();
    if (!expected || !found) {
        return tl::unexpected(found ? expected.error() : found.error());
    }
    return *found == *expected;
}

Result<QStringList> Database::tables()
{
    auto query = run("SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY name");
    if (!query) {
        return tl::unexpected(query.error());
    }
    QStringList rows;
    while (query->next()) {
        for (int i = 0; i < 4; ++i) {
            rows << query->value(i).toString();
        }
    }
    return rows;
}

Result<QSqlQuery> Database::prepare(const char *sql)
{
    QSqlQuery query(QSqlDatabase::database(m_name, false));
    query.setForwardOnly(true);
    if (!query.prepare(QString::fromUtf8(sql))) {
        return failed(query.lastError());
    }
    return query;
}

Result<void> Database::execute(QSqlQuery &query)
{
    return query.exec() ? Result<void>() : failed(query.lastError());
}

Result<QSqlQuery> Database::run(const char *sql)
{
    auto query = prepare(sql);
    if (query) {
        if (auto executed = execute(*query); !executed) {
            return tl::unexpected(executed.error());
        }
    }
    return query;
}

Result<qlonglong> Database::number(const char *sql)
{
    auto query = run(sql);
    if (!query) {
        return tl::unexpected(query.error());
    }
    return query->next() ? query->value(0).toLongLong() : 0;
}

Result<void> Database::ended(const QSqlQuery &query) const
{
    return query.lastError().isValid() ? failed(query.lastError()) : Result<void>();
}

Result<void> Database::migrate(std::span<const char *const> migrations)
{
    const auto before = number("PRAGMA user_version");
    if (!before) {
        return tl::unexpected(before.error());
    }
    if (*before == std::ssize(migrations)) {
        return {};
    }
    if (*before > 0) { // a backup by SQLite itself, so that the WAL's content is in it
        const std::filesystem::path backup =
            m_file.string() + ".v" + std::to_string(*before) + ".bak";
        std::error_code ignored;
        std::filesystem::remove(backup, ignored);
        auto query = prepare("VACUUM INTO ?");
        if (!query) {
            return tl::unexpected(query.error());
        }
        query->addBindValue(QString::fromStdString(backup.string()));
        if (auto copied = execute(*query); !copied) {
            return copied;
        }
    }
    return inTransaction([&]() -> Result<void> {
        // Another program may have migrated while this one waited for the lock.
        const auto version = number("PRAGMA user_version");
        if (!version) {
            return tl::unexpected(version.error());
        }
        for (auto i = static_cast<std::size_t>(*version); i < migrations.size(); ++i) {
            const QStringList statements =
                QString::fromUtf8(migrations[i]).split(QStringLiteral(";;"), Qt::SkipEmptyParts);
            for (const QString &statement : statements) {
                if (auto done = run(statement.toUtf8().constData()); !done) {
                    return tl::unexpected(done.error());
                }
            }
        }
        const std::string stamp = "PRAGMA user_version = " + std::to_string(migrations.size());
        auto done = run(stamp.c_str());
        return done ? Result<void>() : tl::unexpected(done.error());
    });
}

tl::unexpected<Error> Database::damaged(std::string what) const
{
    return fail(Errc::Damaged, std::move(what), m_file.string(), kRemedy);
}

tl::unexpected<Error> Database::failed(const QSqlError &error) const
{
    const int code = error.nativeErrorCode().toInt() & 0xFF; // without the extension
    const bool isDamaged = code == kError || code == kCorrupt || code == kNotADatabase;
    return fail(isDamaged ? Errc::Damaged : Errc::Io, error.text().toStdString(), m_file.string(),
                isDamaged ? kRemedy : "");
}

} // namespace TorchLift
