#include "services/chatservice.h"

#include <QStringDecoder>

namespace TorchLift {

ChatWorker::ChatWorker(Paths paths)
    : m_paths(std::move(paths))
{}

void ChatWorker::ask(quint64 id, const ChatProfile &profile, std::string prompt,
                     std::stop_token stop)
{
    if (!m_pipeline) {
        auto opened = Pipeline::open(m_paths);
        if (!opened) {
            Q_EMIT answered(id, tl::unexpected(opened.error()));
            return;
        }
        m_pipeline = std::move(*opened);
    }
    QStringDecoder decoder(QStringDecoder::Utf8); // a character may be split between two pieces
    const auto onText = [this, id, &decoder](std::string_view text) {
        const QString piece =
            decoder(QByteArrayView(text.data(), static_cast<qsizetype>(text.size())));
        if (!piece.isEmpty()) {
            Q_EMIT textArrived(id, piece);
        }
    };
    Q_EMIT answered(id, m_pipeline->askModel(profile, std::move(prompt), onText, std::move(stop)));
}

ChatService::ChatService(const Paths &paths, QObject *parent)
    : QObject(parent)
    , m_thread(QStringLiteral("chat"), paths)
{
    connect(m_thread.worker(), &ChatWorker::textArrived, this,
            [this](quint64 id, const QString &text) {
                if (id == m_current && !m_isCancelled) {
                    Q_EMIT textArrived(text);
                }
            });
    connect(m_thread.worker(), &ChatWorker::answered, this, [this](quint64 id, const auto &answer) {
        if (id != m_current) {
            return;
        }
        if (m_isCancelled) { // it may have been complete and on its way
            Q_EMIT answered(tl::unexpected(Error{Errc::Cancelled, {}, {}, {}}));
        } else {
            Q_EMIT answered(answer);
        }
    });
}

void ChatService::ask(ChatProfile profile, std::string prompt)
{
    ++m_current;
    m_isCancelled = false;
    m_thread.post([id = m_current, profile = std::move(profile),
                   prompt = std::move(prompt)](ChatWorker &worker, std::stop_token stop) mutable {
        worker.ask(id, profile, std::move(prompt), std::move(stop));
    });
}

void ChatService::cancel()
{
    m_isCancelled = true;
    m_thread.cancel();
}

} // namespace TorchLift
