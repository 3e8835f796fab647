#pragma once

#include <memory>
#include <stop_token>
#include <utility>

#include <QObject>
#include <QSemaphore>
#include <QThread>

namespace TorchLift {

/// One named thread and the parentless worker that lives on it. The destructor asks the running
/// job to stop, leaves the event loop and waits; queued jobs that have not begun are dropped.
/// Everything here is called on the thread that owns the service.
template <class Worker>
class WorkerThread final
{
public:
    template <class... Args>
    explicit WorkerThread(const QString &name, Args &&...args)
        : m_worker(new Worker(std::forward<Args>(args)...))
    {
        m_thread.setObjectName(name);
        m_worker->moveToThread(&m_thread);
        QObject::connect(&m_thread, &QThread::finished, m_worker, &QObject::deleteLater);
        m_thread.start();
    }

    ~WorkerThread()
    {
        m_stop.request_stop();
        m_thread.quit();
        m_thread.wait();
    }

    Q_DISABLE_COPY_MOVE(WorkerThread)

    [[nodiscard]] Worker *worker() const { return m_worker; }

    /// Stops the job before, and gives `job(worker, token)` to the worker's event loop.
    template <class Job>
    void post(Job job)
    {
        cancel();
        m_stop = std::stop_source();
        add(std::move(job));
    }

    /// The same without stopping the job before: it shares its stop token.
    template <class Job>
    void add(Job job)
    {
        QMetaObject::invokeMethod(
            m_worker,
            [worker = m_worker, token = m_stop.get_token(), job = std::move(job)]() mutable {
                job(*worker, token);
            },
            Qt::QueuedConnection);
    }

    void cancel() { m_stop.request_stop(); }

    /// Waits until every job given so far is done, at most `longestMs`; whether they are.
    bool drain(int longestMs)
    {
        const auto done = std::make_shared<QSemaphore>(); // outlives whichever side is later
        add([done](Worker &, const std::stop_token &) { done->release(); });
        return done->tryAcquire(1, longestMs);
    }

private:
    QThread m_thread;
    Worker *m_worker; // deleted by its own thread, when that ends
    std::stop_source m_stop;
};

} // namespace TorchLift
