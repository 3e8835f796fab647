#include "services/documentservice.h"

#include <filesystem>

#include "base/files.h"
#include "base/logging.h"
#include "migration/handedits.h"

namespace TorchLift {

namespace {

constexpr int kLongestWaitMs = 10'000; // for what is still to be written at closing

std::filesystem::path toPath(const QString &path)
{
    return std::filesystem::path(path.toStdString());
}

// What was typed becomes edits of its own; where a model wrote the code nothing tells them apart.
Session withHandEdits(Session session)
{
    if (session.modelAnswer.empty()) {
        std::vector<Edit> &edits = session.migration.edits;
        const std::vector<Edit> typed = handEdits(session.migration, session.migration.newCode);
        edits.insert(edits.end(), typed.begin(), typed.end());
    }
    return session;
}

template <class T>
Result<T> about(const QString &path, Result<T> result)
{
    if (!result && result.error().subject.empty()) {
        result.error().subject = path.toStdString();
    }
    return result;
}

} // namespace

void DocumentWorker::open(quint64 id, const QString &path)
{
    Q_EMIT opened(id, path, about(path, readFile(toPath(path)).and_then([](std::string bytes) {
                      return decodeSource(bytes);
                  })));
}

void DocumentWorker::openSession(quint64 id, const QString &path)
{
    Q_EMIT sessionOpened(id, path, about(path, loadSession(toPath(path))));
}

void DocumentWorker::saveCode(const QString &path, const std::string &code,
                              const SourceText &original)
{
    const auto write = [&path](const std::string &bytes) {
        return writeFileAtomically(toPath(path), bytes);
    };
    Q_EMIT codeSaved(path, about(path, encodeSource(code, original).and_then(write)));
}

void DocumentWorker::saveSessionFile(const QString &path, const Session &session, bool isAutomatic)
{
    std::error_code ignored; // a folder that cannot be made shows as a failure to write
    std::filesystem::create_directories(toPath(path).parent_path(), ignored);
    Q_EMIT sessionSaved(path, about(path, saveSession(toPath(path), withHandEdits(session))),
                        isAutomatic);
}

void DocumentWorker::saveResults(const QString &path, const std::vector<ResultRow> &rows)
{
    Q_EMIT resultsSaved(path, about(path, writeFileAtomically(toPath(path), resultsToCsv(rows))));
}

void DocumentWorker::readResults(const QString &path)
{
    Q_EMIT resultsRead(path, about(path, TorchLift::importResults(toPath(path))));
}

void DocumentWorker::remove(const QString &path)
{
    std::error_code ignored; // a file that is not there is what was asked for
    std::filesystem::remove(toPath(path), ignored);
}

DocumentService::DocumentService(QObject *parent)
    : QObject(parent)
    , m_thread(QStringLiteral("documents"))
{
    DocumentWorker *worker = m_thread.worker();
    connect(worker, &DocumentWorker::opened, this,
            [this](quint64 id, const QString &path, const auto &source) {
                if (id == m_current) {
                    Q_EMIT opened(path, source);
                }
            });
    connect(worker, &DocumentWorker::sessionOpened, this,
            [this](quint64 id, const QString &path, const auto &session) {
                if (id == m_current) {
                    Q_EMIT sessionOpened(path, session);
                }
            });
    connect(worker, &DocumentWorker::codeSaved, this, &DocumentService::codeSaved);
    connect(worker, &DocumentWorker::sessionSaved, this, &DocumentService::sessionSaved);
    connect(worker, &DocumentWorker::resultsSaved, this, &DocumentService::resultsSaved);
    connect(worker, &DocumentWorker::resultsRead, this, &DocumentService::resultsRead);
}

DocumentService::~DocumentService()
{
    if (!m_thread.drain(kLongestWaitMs)) {
        Log::error("documents", "a file was still being written when the window closed");
    }
}

void DocumentService::open(const QString &path)
{
    m_thread.add([id = ++m_current, path](DocumentWorker &worker, const std::stop_token &) {
        worker.open(id, path);
    });
}

void DocumentService::openSession(const QString &path)
{
    m_thread.add([id = ++m_current, path](DocumentWorker &worker, const std::stop_token &) {
        worker.openSession(id, path);
    });
}

void DocumentService::saveCode(const QString &path, std::string code, SourceText original)
{
    m_thread.add([path, code = std::move(code),
                  original = std::move(original)](DocumentWorker &worker, const std::stop_token &) {
        worker.saveCode(path, code, original);
    });
}

void DocumentService::saveSession(const QString &path, Session session, bool isAutomatic)
{
    m_thread.add([path, session = std::move(session), isAutomatic](DocumentWorker &worker,
                                                                   const std::stop_token &) {
        worker.saveSessionFile(path, session, isAutomatic);
    });
}

void DocumentService::saveResults(const QString &path, std::vector<ResultRow> rows)
{
    m_thread.add([path, rows = std::move(rows)](DocumentWorker &worker, const std::stop_token &) {
        worker.saveResults(path, rows);
    });
}

void DocumentService::readResults(const QString &path)
{
    m_thread.add(
        [path](DocumentWorker &worker, const std::stop_token &) { worker.readResults(path); });
}

void DocumentService::remove(const QString &path)
{
    m_thread.add([path](DocumentWorker &worker, const std::stop_token &) { worker.remove(path); });
}

} // namespace TorchLift
