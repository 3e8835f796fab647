#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include <QByteArray>
#include <QObject>
#include <QSslConfiguration>
#include <QStringList>
#include <QTcpServer>
#include <QTemporaryDir>
#include <QThread>

namespace TorchLift {

/// What the stub server saw.
struct StubRequest
{
    QByteArray method;
    QByteArray path;
    std::vector<std::pair<QByteArray, QByteArray>> headers; ///< names in lower case
    QByteArray body;

    /// Empty when the header is missing.
    [[nodiscard]] QByteArray header(const QByteArray &name) const;
};

/// One scripted reply: a head, then bytes in steps, then an end.
struct StubReply
{
    struct Step
    {
        QByteArray bytes;
        std::chrono::milliseconds delay{0}; ///< waited before these bytes are written
    };
    enum class End {
        Complete, ///< the body is finished properly
        Hang,     ///< nothing more comes, the connection stays open
        Close,    ///< the connection closes in the middle of the body
        Reset,    ///< likewise, with a TCP reset
    };

    int status = 200;
    std::vector<std::pair<QByteArray, QByteArray>> headers;
    std::vector<Step> steps;
    End end = End::Complete;
    bool answersAtAll = true; ///< false: the request is read and nothing is ever sent

    /// A chat completion stream, one event for each token, `delay` before each.
    static StubReply stream(const QStringList &tokens, std::chrono::milliseconds delay = {});
    /// Any body in one piece.
    static StubReply body(const QByteArray &bytes, const QByteArray &contentType, int status = 200);
    static StubReply redirect(const QByteArray &location, int status = 307);

    /// The same bytes, each written and flushed by itself.
    [[nodiscard]] StubReply splitAtEveryByte() const;
};

/// The event of one token, as such servers write it: `data: {...}` and a blank line.
[[nodiscard]] QByteArray tokenEvent(const QString &token);

/// A scripted HTTP server on a free port of 127.0.0.1, on a thread of its own. Every reply is
/// given once, the last one again and again. All functions may be called from any thread.
class StubServer
{
public:
    StubServer();
    /// The same over TLS.
    explicit StubServer(const QSslConfiguration &tls);
    ~StubServer();
    Q_DISABLE_COPY_MOVE(StubServer)

    void enqueue(StubReply reply);
    /// Replies by what is asked for instead of in order. Qt may repeat a request whose connection
    /// ends before it has read anything, so an order is no sure thing after a broken connection.
    void answerWith(std::function<StubReply(const StubRequest &)> choose);

    [[nodiscard]] quint16 port() const { return m_port; }
    [[nodiscard]] QString address() const; ///< "http://127.0.0.1:PORT/v1"
    [[nodiscard]] std::vector<StubRequest> requests() const;
    /// When the bytes of each step were handed to the network, for all replies in order.
    [[nodiscard]] std::vector<std::chrono::steady_clock::time_point> writeTimes() const;

private:
    friend class StubConnection;
    void start(std::unique_ptr<QTcpServer> server);
    StubReply take(StubRequest request);
    void wrote();

    mutable std::mutex m_mutex;
    std::deque<StubReply> m_replies;
    std::function<StubReply(const StubRequest &)> m_choose;
    std::vector<StubRequest> m_requests;
    std::vector<std::chrono::steady_clock::time_point> m_writeTimes;
    QThread m_thread;
    quint16 m_port = 0;
    bool m_isTls = false;
};

/// A certificate for 127.0.0.1 that nobody has signed but itself.
struct OwnCertificate
{
    QString keyFile;
    QString certificateFile;
    QSslConfiguration tls; ///< of a server
};

/// Made by openssl in `folder`; nullopt where that is not here.
[[nodiscard]] std::optional<OwnCertificate> makeCertificate(const QTemporaryDir &folder);

} // namespace TorchLift
