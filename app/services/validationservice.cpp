#include "services/validationservice.h"

namespace TorchLift {

ValidationWorker::ValidationWorker(Paths paths)
    : m_paths(std::move(paths))
{}

Result<Pipeline *> ValidationWorker::pipeline()
{
    if (!m_pipeline) {
        auto opened = Pipeline::open(m_paths);
        if (!opened) {
            return tl::unexpected(opened.error());
        }
        m_pipeline = std::move(*opened);
    }
    return m_pipeline.get();
}

void ValidationWorker::keepWarm(const Version &source, const Version &target)
{
    if (const auto open = pipeline()) { // what is wrong is said when something is to run
        (*open)->keepWarm(source, target);
    }
}

void ValidationWorker::letCool()
{
    m_pipeline.reset();
}

void ValidationWorker::validate(quint64 id, ValidationRequest request, std::stop_token stop)
{
    const auto open = pipeline();
    if (!open) {
        Q_EMIT validated(id, tl::unexpected(open.error()));
        return;
    }
    const auto onRow = [this, id](const ResultRow &row) { Q_EMIT rowChanged(id, row); };
    auto row = (*open)->validate(request.name, request.oldCode, request.newCode, &request.migration,
                                 request.options, onRow, std::move(stop));
    if (row) {
        Q_EMIT validated(id, ValidationAnswer{std::move(*row), std::move(request.migration.edits)});
    } else {
        Q_EMIT validated(id, tl::unexpected(row.error()));
    }
}

void ValidationWorker::bisect(quint64 id, const BisectionRequest &request, std::stop_token stop)
{
    const auto open = pipeline();
    if (!open) {
        Q_EMIT bisected(id, tl::unexpected(open.error()));
        return;
    }
    const auto onStep = [this](const BisectStep &step) { Q_EMIT stepMade(step); };
    const auto onProgress = [this](const Progress &progress) { Q_EMIT progressed(progress); };
    Q_EMIT bisected(id, TorchLift::bisect(**open, request.name, request.code, request.options,
                                          onStep, onProgress, std::move(stop)));
}

void ValidationWorker::validateCases(quint64 id, const CasesRequest &request, std::stop_token stop)
{
    const auto open = pipeline();
    const auto cases = open ? readCases(request.path)
                            : Result<std::vector<BatchCase>>(tl::unexpected(open.error()));
    if (!cases) {
        Q_EMIT casesValidated(id, Result<void>(tl::unexpected(cases.error())));
        return;
    }
    const auto tell = [this, id](const BatchResult &result, std::size_t done, std::size_t all,
                                 bool) {
        Q_EMIT caseDone(id, result, static_cast<qint64>(done), static_cast<qint64>(all));
    };
    const auto results = runBatch(**open, *cases, request.options, resultsFileOf(request.path),
                                  tell, std::move(stop));
    Q_EMIT casesValidated(id,
                          results ? Result<void>() : Result<void>(tl::unexpected(results.error())));
}

void ValidationWorker::observe(quint64 id, const ObservationRequest &request, std::stop_token stop)
{
    Q_EMIT observed(id, pipeline().and_then([&](Pipeline *open) {
        return open->observe(request.name, request.code, request.options, std::move(stop));
    }));
}

ValidationService::ValidationService(const Paths &paths, QObject *parent)
    : QObject(parent)
    , m_thread(QStringLiteral("validation"), paths)
{
    ValidationWorker *worker = m_thread.worker();
    connect(worker, &ValidationWorker::rowChanged, this, [this](quint64 id, const auto &row) {
        if (id == m_current) {
            Q_EMIT rowChanged(row);
        }
    });
    connect(worker, &ValidationWorker::caseDone, this,
            [this](quint64 id, const auto &result, qint64 done, qint64 all) {
                if (id == m_current) {
                    Q_EMIT caseDone(*result.result, done, all);
                }
            });
    connect(worker, &ValidationWorker::casesValidated, this,
            [this](quint64 id, const auto &outcome) {
                if (id == m_current) {
                    Q_EMIT casesValidated(outcome);
                }
            });
    connect(worker, &ValidationWorker::validated, this, [this](quint64 id, const auto &answer) {
        if (id == m_current) {
            Q_EMIT validated(answer);
        }
    });
    connect(worker, &ValidationWorker::progressed, this, &ValidationService::progressed);
    connect(worker, &ValidationWorker::stepMade, this, &ValidationService::stepMade);
    connect(worker, &ValidationWorker::bisected, this, [this](quint64 id, const auto &found) {
        if (id == m_current) {
            Q_EMIT bisected(found);
        }
    });
    connect(worker, &ValidationWorker::observed, this, [this](quint64 id, const auto &seen) {
        if (id == m_current) {
            Q_EMIT observed(seen);
        }
    });
}

void ValidationService::validateCases(CasesRequest request)
{
    ++m_current;
    m_thread.post([id = m_current, request = std::move(request)](ValidationWorker &worker,
                                                                 std::stop_token stop) {
        worker.validateCases(id, request, std::move(stop));
    });
}

void ValidationService::validate(ValidationRequest request)
{
    ++m_current;
    m_thread.post([id = m_current, request = std::move(request)](ValidationWorker &worker,
                                                                 std::stop_token stop) mutable {
        worker.validate(id, std::move(request), std::move(stop));
    });
}

void ValidationService::bisect(BisectionRequest request)
{
    ++m_current;
    m_thread.post([id = m_current, request = std::move(request)](ValidationWorker &worker,
                                                                 std::stop_token stop) {
        worker.bisect(id, request, std::move(stop));
    });
}

void ValidationService::observe(ObservationRequest request)
{
    ++m_current;
    m_thread.post([id = m_current, request = std::move(request)](ValidationWorker &worker,
                                                                 std::stop_token stop) {
        worker.observe(id, request, std::move(stop));
    });
}

void ValidationService::keepWarm(const Version &source, const Version &target)
{
    m_thread.add([source, target](ValidationWorker &worker, const std::stop_token &) {
        worker.keepWarm(source, target);
    });
}

void ValidationService::letCool()
{
    m_thread.add([](ValidationWorker &worker, const std::stop_token &) { worker.letCool(); });
}

void ValidationService::cancel()
{
    m_thread.cancel();
}

} // namespace TorchLift
