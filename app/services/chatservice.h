#pragma once

#include <memory>

#include <QObject>
#include <QString>

#include "llm/chatclient.h"
#include "pipeline/pipeline.h"
#include "services/reply.h"
#include "services/workerthread.h"

namespace TorchLift {

class ChatWorker final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(ChatWorker)

public:
    explicit ChatWorker(Paths paths);

    void ask(quint64 id, const ChatProfile &profile, std::string prompt, std::stop_token stop);

Q_SIGNALS:
    void textArrived(quint64 id, const QString &text);
    void answered(quint64 id, const TorchLift::Reply<TorchLift::ModelMigration> &answer);

private:
    Paths m_paths;
    std::unique_ptr<Pipeline> m_pipeline;
};

/// One question at a time to a language model; text arrives as the server sends it.
class ChatService final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(ChatService)

public:
    explicit ChatService(const Paths &paths, QObject *parent = nullptr);

    void ask(ChatProfile profile, std::string prompt);
    /// Nothing of the running answer arrives any more, except its end (Cancelled).
    void cancel();

Q_SIGNALS:
    void textArrived(const QString &text);
    void answered(const TorchLift::Reply<TorchLift::ModelMigration> &answer);

private:
    quint64 m_current = 0;
    bool m_isCancelled = false;
    WorkerThread<ChatWorker> m_thread; // last: stops before the rest is gone
};

} // namespace TorchLift
