#include "llm/openaiclient.h"

#include <QCoreApplication>
#include <QEventLoop>
#include <QHostAddress>
#include <QNetworkAccessManager>
#include <QNetworkProxy>
#include <QNetworkReply>
#include <QNetworkRequest>
#include <QTimer>
#include <QUrl>

#include <nlohmann/json.hpp>

#include "base/logging.h"
#include "base/text.h"
#include "llm/chatstream.h"
#include "llm/httperror.h"

namespace TorchLift {

namespace {

constexpr int kMaxRedirects = 5;
constexpr qint64 kMaxErrorBody = 64 * 1024;
constexpr qint64 kReadBuffer = 1024 * 1024; // beyond it the server has to wait for us

QString toQString(std::string_view text)
{
    return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
}

QByteArray toBytes(std::string_view text)
{
    return {text.data(), static_cast<qsizetype>(text.size())};
}

const char *roleName(ChatMessage::Role role)
{
    switch (role) {
    case ChatMessage::Role::System:
        return "system";
    case ChatMessage::Role::User:
        return "user";
    case ChatMessage::Role::Assistant:
        return "assistant";
    }
    return "user";
}

QByteArray bodyOf(const ChatProfile &profile, const std::vector<ChatMessage> &messages)
{
    nlohmann::ordered_json list = nlohmann::ordered_json::array();
    for (const ChatMessage &message : messages) {
        list.push_back({{"role", roleName(message.role)}, {"content", toValidUtf8(message.text)}});
    }
    const nlohmann::ordered_json body = {{"model", toValidUtf8(profile.model)},
                                         {"messages", std::move(list)},
                                         {"temperature", profile.temperature},
                                         {"max_tokens", profile.maxTokens},
                                         {"stream", true}};
    return QByteArray::fromStdString(body.dump());
}

Result<QUrl> addressOf(const ChatProfile &profile)
{
    QUrl url(toQString(profile.baseUrl), QUrl::StrictMode);
    const bool isHttp =
        url.scheme() == QLatin1String("http") || url.scheme() == QLatin1String("https");
    if (!url.isValid() || !isHttp || url.host().isEmpty()) {
        return fail(Errc::InvalidArgument, "the model's address is not an http or https URL",
                    profile.name, "give it as http://HOST:PORT/v1");
    }
    if (!url.userInfo().isEmpty()) { // it would end up in messages and saved profiles
        return fail(Errc::InvalidArgument, "the model's address carries a password", profile.name,
                    "leave it out of the address and give it as the key");
    }
    QString path = url.path();
    while (path.endsWith(QLatin1Char('/'))) {
        path.chop(1);
    }
    url.setPath(path + QLatin1String("/chat/completions"));
    return url;
}

// A pasted key brings its line end along; inside a header that would start another header.
Result<std::string> cleanKey(const ChatProfile &profile)
{
    const std::size_t begin = profile.key.find_first_not_of(" \t\r\n");
    if (begin == std::string::npos) {
        return std::string();
    }
    const std::size_t end = profile.key.find_last_not_of(" \t\r\n");
    std::string key = profile.key.substr(begin, end - begin + 1);
    for (const char c : key) {
        if (c <= 0x20 || c >= 0x7F) {
            return fail(Errc::InvalidArgument, "the key holds characters that no key has",
                        profile.name, "copy the key again");
        }
    }
    return key;
}

bool isLoopback(const QUrl &url)
{
    return url.host() == QLatin1String("localhost") || QHostAddress(url.host()).isLoopback();
}

int portOf(const QUrl &url)
{
    return url.port(url.scheme() == QLatin1String("https") ? 443 : 80);
}

bool mayFollow(const QUrl &from, const QUrl &to)
{
    const bool isUpgrade = from.scheme() == QLatin1String("http") && portOf(from) == 80
                           && to.scheme() == QLatin1String("https") && portOf(to) == 443;
    const bool isSame = from.scheme() == to.scheme() && portOf(from) == portOf(to);
    return from.host() == to.host() && (isSame || isUpgrade);
}

bool isRedirect(int status)
{
    return status == 301 || status == 302 || status == 307 || status == 308;
}

/// One request with what may happen to it; lives on the calling thread for one chat().
class Exchange
{
public:
    Exchange(const ChatProfile &profile, std::string key, QByteArray body,
             const TokenCallback &onText)
        : m_profile(profile)
        , m_key(std::move(key))
        , m_body(std::move(body))
        , m_stream(onText)
    {
        m_stall.setSingleShot(true);
        m_stall.setTimerType(Qt::PreciseTimer);
        m_stall.setInterval(profile.stallTimeout);
        QObject::connect(&m_stall, &QTimer::timeout, &m_loop, [this] {
            end(Error{Errc::Timeout,
                      "the model sent nothing for " + std::to_string(m_profile.stallTimeout.count())
                          + " s",
                      m_profile.name,
                      {}});
        });
    }

    Result<ChatAnswer> run(const QUrl &url, std::stop_token stop)
    {
        start(url);
        {
            // Runs on whatever thread asks to stop; its destructor waits for that to be over,
            // so m_loop outlives it.
            const std::stop_callback wake(stop, [this] {
                QMetaObject::invokeMethod(
                    &m_loop,
                    [this] {
                        end(Error{Errc::Cancelled, "cancelled", {}, {}});
                    },
                    Qt::QueuedConnection);
            });
            if (!m_isOver) {
                m_loop.exec();
            }
        }
        dropReply();
        if (m_error) {
            return tl::unexpected(scrubbed(*m_error));
        }
        Result<ChatAnswer> answer = m_stream.finish();
        return answer ? answer : tl::unexpected(scrubbed(answer.error()));
    }

private:
    void start(const QUrl &url)
    {
        m_url = url;
        m_network.setProxy(isLoopback(url) ? QNetworkProxy(QNetworkProxy::NoProxy)
                                           : QNetworkProxy(QNetworkProxy::DefaultProxy));
        QNetworkRequest request(url);
        request.setAttribute(QNetworkRequest::RedirectPolicyAttribute,
                             QNetworkRequest::ManualRedirectPolicy);
        request.setAttribute(QNetworkRequest::Http2AllowedAttribute, false);
        request.setHeader(QNetworkRequest::ContentTypeHeader, "application/json");
        request.setRawHeader("Accept", "text/event-stream, application/json");
        request.setRawHeader("Accept-Encoding", "identity"); // nothing that could be a bomb
        request.setRawHeader("User-Agent", "TorchLift");
        if (!m_key.empty()) {
            request.setRawHeader("Authorization", "Bearer " + toBytes(m_key));
        }
        m_reply = m_network.post(request, m_body);
        m_reply->setReadBufferSize(kReadBuffer);
        QObject::connect(m_reply, &QIODevice::readyRead, &m_loop, [this] { read(); });
        QObject::connect(m_reply, &QNetworkReply::finished, &m_loop, [this] { finished(); });
        m_stall.start();
    }

    [[nodiscard]] int status() const
    {
        return m_reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
    }

    [[nodiscard]] bool isSuccess() const { return status() >= 200 && status() < 300; }

    void read()
    {
        if (m_isOver) {
            return;
        }
        m_stall.start();
        if (!isSuccess()) {
            // Kept in the reply until it is finished, or until there is more than anyone reads.
            if (m_reply->bytesAvailable() > kMaxErrorBody) {
                finished();
            }
            return;
        }
        if (const QByteArray encoding = m_reply->rawHeader("Content-Encoding").toLower();
            !encoding.isEmpty() && encoding != "identity") {
            end(Error{Errc::InvalidInput,
                      "the server compressed its answer without being asked",
                      m_profile.name,
                      {}});
            return;
        }
        const QByteArray bytes = m_reply->readAll();
        const Result<void> fed =
            m_stream.feed({bytes.constData(), static_cast<std::size_t>(bytes.size())});
        if (!fed) {
            end(fed.error());
        } else if (m_stream.isDone()) {
            end(std::nullopt);
        } else {
            m_stall.start(); // showing the text may have taken long: that was not the server
        }
    }

    void finished()
    {
        if (m_isOver) {
            return;
        }
        if (isRedirect(status())) {
            redirect();
        } else if (status() != 0 && !isSuccess()) {
            const QByteArray body = m_reply->read(kMaxErrorBody);
            const auto retryAfter = parseRetryAfter(m_reply->rawHeader("Retry-After").toStdString(),
                                                    std::chrono::system_clock::now());
            end(errorOfStatus(status(), body.toStdString(), retryAfter));
        } else {
            if (isSuccess()) {
                read();
            }
            if (m_reply->error() == QNetworkReply::NoError) {
                end(std::nullopt);
            } else {
                end(Error{Errc::Network, m_reply->errorString().toStdString(), m_profile.name,
                          "check the address, and that the server runs"});
            }
        }
    }

    void redirect()
    {
        const QUrl target = m_url.resolved(QUrl::fromEncoded(m_reply->rawHeader("Location")));
        if (!mayFollow(m_url, target)) {
            end(Error{Errc::Refused,
                      "the server redirects to "
                          + target
                                .adjusted(QUrl::RemoveUserInfo | QUrl::RemovePath
                                          | QUrl::RemoveQuery | QUrl::RemoveFragment)
                                .toString()
                                .toStdString()
                          + ", which is another place than the profile's",
                      m_profile.name, "enter that address in the profile if it is right"});
        } else if (++m_redirects > kMaxRedirects) {
            end(Error{Errc::Network, "the server redirects in a circle", m_profile.name, {}});
        } else {
            dropReply();
            start(target);
        }
    }

    // The first end counts.
    void end(std::optional<Error> error)
    {
        if (!m_isOver) {
            m_isOver = true;
            m_error = std::move(error);
            m_stall.stop();
            m_loop.quit();
        }
    }

    void dropReply()
    {
        m_reply->disconnect(&m_loop);
        m_reply->abort();
        m_reply->deleteLater();
    }

    // Servers like to repeat the key they refuse.
    [[nodiscard]] Error scrubbed(Error error) const
    {
        for (std::string *text : {&error.detail, &error.remedy}) {
            for (std::size_t at = 0; m_key.size() >= 4;) {
                at = text->find(m_key, at);
                if (at == std::string::npos) {
                    break;
                }
                text->replace(at, m_key.size(), "[key]");
            }
        }
        if (error.subject.empty()) {
            error.subject = m_profile.name;
        }
        return error;
    }

    const ChatProfile &m_profile;
    const std::string m_key;
    const QByteArray m_body;
    ChatStream m_stream;
    QEventLoop m_loop;
    QTimer m_stall;
    QNetworkAccessManager m_network;
    QNetworkReply *m_reply = nullptr; // owned by m_network
    QUrl m_url;
    int m_redirects = 0;
    bool m_isOver = false;
    std::optional<Error> m_error;
};

class OpenAiClient final : public ChatClient
{
public:
    Result<ChatAnswer> chat(const ChatProfile &profile, const std::vector<ChatMessage> &messages,
                            const TokenCallback &onText, std::stop_token stop) override
    {
        if (QCoreApplication::instance() == nullptr) {
            return fail(Errc::Internal, "no QCoreApplication exists");
        }
        if (stop.stop_requested()) {
            return fail(Errc::Cancelled, "cancelled");
        }
        const Result<QUrl> url = addressOf(profile);
        if (!url) {
            return tl::unexpected(url.error());
        }
        const Result<std::string> key = cleanKey(profile);
        if (!key) {
            return tl::unexpected(key.error());
        }
        Log::debug("llm", "asking " + url->host().toStdString());
        return Exchange(profile, *key, bodyOf(profile, messages), onText).run(*url, stop);
    }
};

} // namespace

std::unique_ptr<ChatClient> makeOpenAiClient()
{
    return std::make_unique<OpenAiClient>();
}

} // namespace TorchLift
