#include "services/decorationservice.h"

namespace TorchLift {

void DecorationWorker::compute(quint64 id, std::string oldText, std::string newText,
                               const AcceptanceState &state)
{
    Q_EMIT computed(id, std::make_shared<const Decorations>(
                            decorate(std::move(oldText), std::move(newText), state)));
}

DecorationService::DecorationService(QObject *parent)
    : QObject(parent)
    , m_thread(QStringLiteral("decoration"))
{
    connect(m_thread.worker(), &DecorationWorker::computed, this,
            [this](quint64 id, const auto &decorations) {
                if (id == m_current) {
                    Q_EMIT computed(decorations);
                }
            });
}

void DecorationService::compute(std::string oldText, std::string newText, AcceptanceState state)
{
    ++m_current;
    m_thread.post(
        [id = m_current, oldText = std::move(oldText), newText = std::move(newText),
         state = std::move(state)](DecorationWorker &worker, const std::stop_token &stop) mutable {
            if (!stop.stop_requested()) { // another request came before this one began
                worker.compute(id, std::move(oldText), std::move(newText), state);
            }
        });
}

} // namespace TorchLift
