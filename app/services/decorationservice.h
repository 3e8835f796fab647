#pragma once

#include <memory>

#include <QObject>

#include "models/decorations.h"
#include "services/workerthread.h"

namespace TorchLift {

class DecorationWorker final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(DecorationWorker)

public:
    DecorationWorker() = default;
    void compute(quint64 id, std::string oldText, std::string newText,
                 const AcceptanceState &state);

Q_SIGNALS:
    void computed(quint64 id, const std::shared_ptr<const TorchLift::Decorations> &decorations);
};

/// Compares what the panes show, off the GUI thread: the latest request wins.
class DecorationService final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(DecorationService)

public:
    explicit DecorationService(QObject *parent = nullptr);

    void compute(std::string oldText, std::string newText, AcceptanceState state);

Q_SIGNALS:
    void computed(const std::shared_ptr<const TorchLift::Decorations> &decorations);

private:
    quint64 m_current = 0;
    WorkerThread<DecorationWorker> m_thread; // last: stops before the rest is gone
};

} // namespace TorchLift
