#pragma once

#include <memory>

#include <QObject>

#include "pipeline/batch.h"
#include "pipeline/bisection.h"
#include "pipeline/pipeline.h"
#include "services/reply.h"
#include "services/workerthread.h"

namespace TorchLift {

struct ValidationRequest
{
    std::string name; ///< the file's name, for the table
    std::string oldCode;
    std::string newCode;
    Migration migration; ///< edits as they are accepted now
    ValidateOptions options;
};

struct ValidationAnswer
{
    ResultRow row;
    std::vector<Edit> edits; ///< with what the runs proved
};

struct BisectionRequest
{
    std::string name; ///< the file's name, for messages
    std::string code;
    BisectOptions options;
};

/// Old code that is run to see the types of its expressions.
struct ObservationRequest
{
    std::string name; ///< the file's name, for messages
    std::string code;
    ValidateOptions options;
};

/// Many cases, whose results are kept beside them.
struct CasesRequest
{
    std::string path; ///< file or folder
    ValidateOptions options;
};

class ValidationWorker final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(ValidationWorker)

public:
    explicit ValidationWorker(Paths paths);

    void validate(quint64 id, ValidationRequest request, std::stop_token stop);
    void bisect(quint64 id, const BisectionRequest &request, std::stop_token stop);
    void validateCases(quint64 id, const CasesRequest &request, std::stop_token stop);
    void observe(quint64 id, const ObservationRequest &request, std::stop_token stop);
    void keepWarm(const Version &source, const Version &target);
    void letCool();

Q_SIGNALS:
    void rowChanged(quint64 id, const TorchLift::ResultRow &row);
    void caseDone(quint64 id, const TorchLift::Reply<TorchLift::BatchResult> &result, qint64 done,
                  qint64 all);
    void casesValidated(quint64 id, const TorchLift::Reply<void> &outcome);
    void validated(quint64 id, const TorchLift::Reply<TorchLift::ValidationAnswer> &answer);
    void progressed(const TorchLift::Progress &progress);
    void stepMade(const TorchLift::BisectStep &step);
    void bisected(quint64 id, const TorchLift::Reply<TorchLift::Bisection> &found);
    void observed(quint64 id, const TorchLift::Reply<TorchLift::Observations> &seen);

private:
    [[nodiscard]] Result<Pipeline *> pipeline();

    Paths m_paths;
    std::unique_ptr<Pipeline> m_pipeline; // its own: migration goes on meanwhile
};

/// Runs old and new code in the background; rows arrive run by run.
class ValidationService final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(ValidationService)

public:
    explicit ValidationService(const Paths &paths, QObject *parent = nullptr);

    void validate(ValidationRequest request);
    /// Searches for the release in which code goes wrong, in place of what is going on.
    void bisect(BisectionRequest request);
    /// Results arrive case by case, also those of an earlier start.
    void validateCases(CasesRequest request);
    /// Runs old code in both versions, in place of what is going on.
    void observe(ObservationRequest request);
    /// Interpreters of both versions wait from now on; a validation need not wait for them.
    void keepWarm(const Version &source, const Version &target);
    /// The waiting ones end.
    void letCool();
    /// Kills the running code. The answer (Cancelled) still arrives, with it the end of the row.
    void cancel();

Q_SIGNALS:
    void rowChanged(const TorchLift::ResultRow &row);
    void caseDone(const TorchLift::BatchResult &result, qint64 done, qint64 all);
    void casesValidated(const TorchLift::Reply<void> &outcome);
    void validated(const TorchLift::Reply<TorchLift::ValidationAnswer> &answer);
    void progressed(const TorchLift::Progress &progress);
    void stepMade(const TorchLift::BisectStep &step);
    void bisected(const TorchLift::Reply<TorchLift::Bisection> &found);
    void observed(const TorchLift::Reply<TorchLift::Observations> &seen);

private:
    quint64 m_current = 0;
    WorkerThread<ValidationWorker> m_thread; // last: stops before the rest is gone
};

} // namespace TorchLift
