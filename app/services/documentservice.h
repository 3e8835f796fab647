#pragma once

#include <filesystem>
#include <vector>

#include <QObject>
#include <QString>

#include "base/text.h"
#include "services/reply.h"
#include "services/workerthread.h"
#include "session/session.h"

namespace TorchLift {

class DocumentWorker final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(DocumentWorker)

public:
    DocumentWorker() = default;
    void open(quint64 id, const QString &path);
    void openSession(quint64 id, const QString &path);
    void saveCode(const QString &path, const std::string &code, const SourceText &original);
    void saveSessionFile(const QString &path, const Session &session, bool isAutomatic);
    void saveResults(const QString &path, const std::vector<ResultRow> &rows);
    void readResults(const QString &path);
    void remove(const QString &path);

Q_SIGNALS:
    void opened(quint64 id, const QString &path,
                const TorchLift::Reply<TorchLift::SourceText> &source);
    void sessionOpened(quint64 id, const QString &path,
                       const TorchLift::Reply<TorchLift::Session> &session);
    void codeSaved(const QString &path, const TorchLift::Reply<void> &result);
    void sessionSaved(const QString &path, const TorchLift::Reply<void> &result, bool isAutomatic);
    void resultsSaved(const QString &path, const TorchLift::Reply<void> &result);
    void resultsRead(const QString &path,
                     const TorchLift::Reply<std::vector<TorchLift::ImportedRow>> &rows);
};

/// Reading and writing files in the background: a slow disk never stops the window.
class DocumentService final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(DocumentService)

public:
    explicit DocumentService(QObject *parent = nullptr);
    /// What is being saved is finished first, unless the disk takes seconds.
    ~DocumentService() override;

    /// Python code; a later open() makes this one's answer stale.
    void open(const QString &path);
    void openSession(const QString &path);
    /// In the encoding and with the byte order mark of `original`.
    void saveCode(const QString &path, std::string code, SourceText original);
    void saveSession(const QString &path, Session session, bool isAutomatic);
    void saveResults(const QString &path, std::vector<ResultRow> rows);
    void readResults(const QString &path);
    /// After everything that was asked for before.
    void remove(const QString &path);

Q_SIGNALS:
    void opened(const QString &path, const TorchLift::Reply<TorchLift::SourceText> &source);
    void sessionOpened(const QString &path, const TorchLift::Reply<TorchLift::Session> &session);
    void codeSaved(const QString &path, const TorchLift::Reply<void> &result);
    void sessionSaved(const QString &path, const TorchLift::Reply<void> &result, bool isAutomatic);
    void resultsSaved(const QString &path, const TorchLift::Reply<void> &result);
    void resultsRead(const QString &path,
                     const TorchLift::Reply<std::vector<TorchLift::ImportedRow>> &rows);

private:
    quint64 m_current = 0;
    WorkerThread<DocumentWorker> m_thread; // last: stops before the rest is gone
};

} // namespace TorchLift
