#include "support/stubserver.h"

#include <QFile>
#include <QHostAddress>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QSslCertificate>
#include <QSslKey>
#include <QSslServer>
#include <QTcpSocket>
#include <QTimer>

#include <sys/socket.h>

namespace TorchLift {

/// One connection: reads a request, plays the reply's script. Owned by its socket.
class StubConnection : public QObject
{
public:
    StubConnection(QTcpSocket *socket, StubServer *server)
        : QObject(socket)
        , m_socket(socket)
        , m_server(server)
    {
        socket->setSocketOption(QAbstractSocket::LowDelayOption, 1);
        connect(socket, &QTcpSocket::readyRead, this, &StubConnection::read);
        connect(socket, &QTcpSocket::disconnected, socket, &QObject::deleteLater);
    }

private:
    void read()
    {
        m_received += m_socket->readAll();
        const qsizetype headEnd = m_received.indexOf("\r\n\r\n");
        if (headEnd < 0 || m_isAnswering) {
            return;
        }
        StubRequest request;
        const QList<QByteArray> lines = m_received.left(headEnd).split('\n');
        const QList<QByteArray> words = lines.front().trimmed().split(' ');
        request.method = words.value(0);
        request.path = words.value(1);
        for (const QByteArray &line : lines.mid(1)) {
            const qsizetype colon = line.indexOf(':');
            request.headers.emplace_back(line.left(colon).trimmed().toLower(),
                                         line.mid(colon + 1).trimmed());
        }
        request.body = m_received.mid(headEnd + 4);
        if (request.body.size() < request.header("content-length").toLongLong()) {
            return;
        }
        m_isAnswering = true;
        m_reply = m_server->take(std::move(request));
        if (m_reply.answersAtAll) {
            writeHead();
            next();
        }
    }

    void writeHead()
    {
        QByteArray head = "HTTP/1.1 " + QByteArray::number(m_reply.status) + " Stub\r\n";
        for (const auto &[name, value] : m_reply.headers) {
            head += name + ": " + value + "\r\n";
        }
        head += "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n";
        m_socket->write(head);
        m_socket->flush();
    }

    void next()
    {
        if (m_step == m_reply.steps.size()) {
            end();
            return;
        }
        const StubReply::Step &step = m_reply.steps[m_step];
        const auto write = [this] {
            const QByteArray bytes = m_reply.steps[m_step++].bytes;
            m_server->wrote();
            if (!bytes.isEmpty()) {
                m_socket->write(QByteArray::number(bytes.size(), 16) + "\r\n" + bytes + "\r\n");
                m_socket->flush();
            }
            next();
        };
        QTimer::singleShot(step.delay, Qt::PreciseTimer, this, write);
    }

    void end()
    {
        switch (m_reply.end) {
        case StubReply::End::Complete:
            m_socket->write("0\r\n\r\n");
            m_socket->disconnectFromHost();
            break;
        case StubReply::End::Hang:
            break;
        case StubReply::End::Close:
            m_socket->disconnectFromHost();
            break;
        case StubReply::End::Reset: {
            const linger immediately{1, 0};
            ::setsockopt(static_cast<int>(m_socket->socketDescriptor()), SOL_SOCKET, SO_LINGER,
                         &immediately, sizeof immediately);
            m_socket->abort();
            break;
        }
        }
    }

    QTcpSocket *m_socket;
    StubServer *m_server;
    QByteArray m_received;
    StubReply m_reply;
    std::size_t m_step = 0;
    bool m_isAnswering = false;
};

QByteArray StubRequest::header(const QByteArray &name) const
{
    for (const auto &[key, value] : headers) {
        if (key == name) {
            return value;
        }
    }
    return {};
}

QByteArray tokenEvent(const QString &token)
{
    const QJsonObject choice{
        {QStringLiteral("index"), 0},
        {QStringLiteral("delta"), QJsonObject{{QStringLiteral("content"), token}}}};
    const QJsonObject chunk{{QStringLiteral("choices"), QJsonArray{choice}}};
    return "data: " + QJsonDocument(chunk).toJson(QJsonDocument::Compact) + "\n\n";
}

StubReply StubReply::stream(const QStringList &tokens, std::chrono::milliseconds delay)
{
    StubReply reply;
    reply.headers.push_back({"Content-Type", "text/event-stream"});
    for (const QString &token : tokens) {
        reply.steps.push_back({tokenEvent(token), delay});
    }
    reply.steps.push_back(
        {"data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n",
         delay});
    return reply;
}

StubReply StubReply::body(const QByteArray &bytes, const QByteArray &contentType, int status)
{
    StubReply reply;
    reply.status = status;
    reply.headers.push_back({"Content-Type", contentType});
    reply.steps.push_back({bytes, {}});
    return reply;
}

StubReply StubReply::redirect(const QByteArray &location, int status)
{
    StubReply reply;
    reply.status = status;
    reply.headers.push_back({"Location", location});
    return reply;
}

StubReply StubReply::splitAtEveryByte() const
{
    StubReply split = *this;
    split.steps.clear();
    for (const Step &step : steps) {
        for (qsizetype i = 0; i < step.bytes.size(); ++i) {
            split.steps.push_back(
                {step.bytes.mid(i, 1), i == 0 ? step.delay : decltype(step.delay){}});
        }
    }
    return split;
}

StubServer::StubServer()
{
    start(std::make_unique<QTcpServer>());
}

StubServer::StubServer(const QSslConfiguration &tls)
    : m_isTls(true)
{
    auto server = std::make_unique<QSslServer>();
    server->setSslConfiguration(tls);
    start(std::move(server));
}

StubServer::~StubServer()
{
    m_thread.quit();
    m_thread.wait();
}

void StubServer::start(std::unique_ptr<QTcpServer> server)
{
    QTcpServer *listener = server.release(); // belongs to the thread from here on
    listener->moveToThread(&m_thread);
    QObject::connect(&m_thread, &QThread::finished, listener, &QObject::deleteLater);
    QObject::connect(listener, &QTcpServer::pendingConnectionAvailable, listener, [this, listener] {
        while (QTcpSocket *socket = listener->nextPendingConnection()) {
            new StubConnection(socket, this);
        }
    });
    m_thread.start();
    QMetaObject::invokeMethod(
        listener,
        [this, listener] {
            if (!listener->listen(QHostAddress::LocalHost)) {
                qFatal("the stub server cannot listen");
            }
            m_port = listener->serverPort();
        },
        Qt::BlockingQueuedConnection);
}

void StubServer::enqueue(StubReply reply)
{
    const std::scoped_lock lock(m_mutex);
    m_replies.push_back(std::move(reply));
}

void StubServer::answerWith(std::function<StubReply(const StubRequest &)> choose)
{
    const std::scoped_lock lock(m_mutex);
    m_choose = std::move(choose);
}

StubReply StubServer::take(StubRequest request)
{
    const std::scoped_lock lock(m_mutex);
    m_requests.push_back(std::move(request));
    if (m_choose) {
        return m_choose(m_requests.back());
    }
    if (m_replies.empty()) {
        return StubReply::body("no reply was scripted", "text/plain", 500);
    }
    StubReply reply = m_replies.front();
    if (m_replies.size() > 1) {
        m_replies.pop_front();
    }
    return reply;
}

void StubServer::wrote()
{
    const std::scoped_lock lock(m_mutex);
    m_writeTimes.push_back(std::chrono::steady_clock::now());
}

QString StubServer::address() const
{
    return QStringLiteral("%1://127.0.0.1:%2/v1")
        .arg(m_isTls ? QStringLiteral("https") : QStringLiteral("http"))
        .arg(m_port);
}

std::vector<StubRequest> StubServer::requests() const
{
    const std::scoped_lock lock(m_mutex);
    return m_requests;
}

std::vector<std::chrono::steady_clock::time_point> StubServer::writeTimes() const
{
    const std::scoped_lock lock(m_mutex);
    return m_writeTimes;
}

std::optional<OwnCertificate> makeCertificate(const QTemporaryDir &folder)
{
    OwnCertificate made{folder.filePath(QStringLiteral("key.pem")),
                        folder.filePath(QStringLiteral("certificate.pem")),
                        QSslConfiguration::defaultConfiguration()};
    QProcess openssl;
    openssl.start(QStringLiteral("openssl"),
                  {QStringLiteral("req"), QStringLiteral("-x509"), QStringLiteral("-newkey"),
                   QStringLiteral("rsa:2048"), QStringLiteral("-nodes"), QStringLiteral("-keyout"),
                   made.keyFile, QStringLiteral("-out"), made.certificateFile,
                   QStringLiteral("-days"), QStringLiteral("1"), QStringLiteral("-subj"),
                   QStringLiteral("/CN=127.0.0.1"), QStringLiteral("-addext"),
                   QStringLiteral("subjectAltName=IP:127.0.0.1")});
    QFile key(made.keyFile);
    if (!openssl.waitForFinished() || openssl.exitCode() != 0 || !key.open(QIODevice::ReadOnly)) {
        return std::nullopt;
    }
    made.tls.setPrivateKey(QSslKey(&key, QSsl::Rsa));
    made.tls.setLocalCertificate(QSslCertificate::fromPath(made.certificateFile).value(0));
    return made;
}

} // namespace TorchLift
