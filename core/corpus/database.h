#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string>

#include <QtSql/QSqlDatabase>
#include <QtSql/QSqlQuery>

#include "base/result.h"

namespace TorchLift {

/// One connection to an SQLite file, with a name of its own; belongs to the thread that opened
/// it. Internal to core/corpus.
class Database
{
public:
    /// Opens or creates `file`, in WAL mode, and brings it to version `migrations.size()`: the
    /// i-th script (statements separated by ";;") leads from `user_version` i to i + 1. A file
    /// that already holds an older version is copied to FILE.vN.bak before.
    /// Errors: Incompatible for a newer one (untouched); Damaged; Io; MissingPart without the
    /// SQLite driver.
    [[nodiscard]] static Result<std::unique_ptr<Database>>
    open(const std::filesystem::path &file, std::span<const char *const> migrations);

    ~Database();
    Database(const Database &) = delete;
    Database &operator=(const Database &) = delete;

    /// A query with `sql` prepared, forward only. Errors: Damaged, Io.
    [[nodiscard]] Result<QSqlQuery> prepare(const char *sql);
    /// Executes a prepared query.
    [[nodiscard]] Result<void> execute(QSqlQuery &query);
    /// Prepares and executes.
    [[nodiscard]] Result<QSqlQuery> run(const char *sql);
    /// The first value of what `sql` gives; 0 where it gives nothing.
    [[nodiscard]] Result<qlonglong> number(const char *sql);
    /// After the last row of `query`: whether it was the last, or an error stopped it.
    [[nodiscard]] Result<void> ended(const QSqlQuery &query) const;
    /// The error of a file whose content is not what this program wrote.
    [[nodiscard]] tl::unexpected<Error> damaged(std::string what) const;
    /// Runs `work` in one write transaction: all of it is kept, or nothing.
    template <typename Work>
    [[nodiscard]] Result<void> inTransaction(const Work &work)
    {
        // IMMEDIATE: waits for another writer here, instead of failing half-way.
        return between("BEGIN IMMEDIATE", work);
    }
    /// Runs `work`, which only reads, on one state of the file, whoever writes meanwhile.
    template <typename Work>
    [[nodiscard]] Result<void> inSnapshot(const Work &work)
    {
        return between("BEGIN", work);
    }

    [[nodiscard]] const std::filesystem::path &file() const { return m_file; }

private:
    Database(std::filesystem::path file, QString name);
    template <typename Work>
    [[nodiscard]] Result<void> between(const char *begin, const Work &work)
    {
        if (auto begun = run(begin); !begun) {
            return tl::unexpected(begun.error());
        }
        Result<void> done = work();
        if (done) {
            auto kept = run("COMMIT");
            done = kept ? Result<void>() : tl::unexpected(kept.error());
        }
        if (!done) {
            static_cast<void>(run("ROLLBACK"));
        }
        return done;
    }
    [[nodiscard]] Result<void> migrate(std::span<const char *const> migrations);
    [[nodiscard]] Result<bool> hasTablesOf(std::span<const char *const> migrations);
    [[nodiscard]] Result<QStringList> tables(); ///< what each is, and how it was made
    [[nodiscard]] tl::unexpected<Error> failed(const QSqlError &error) const;

    std::filesystem::path m_file;
    QString m_name;
};

} // namespace TorchLift
