#include "download/httpclient.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <optional>

#include <QEventLoop>
#include <QFile>
#include <QHostAddress>
#include <QLocale>
#include <QNetworkAccessManager>
#include <QNetworkProxy>
#include <QNetworkReply>
#include <QNetworkRequest>
#include <QSslCertificate>
#include <QSslConfiguration>
#include <QTimer>
#include <QUrl>

namespace TorchLift {

namespace {

constexpr int kMaxRedirects = 5;
constexpr qint64 kReadBuffer = 1024 * 1024; // beyond it the server has to wait for us

QByteArray toBytes(std::string_view text)
{
    return {text.data(), static_cast<qsizetype>(text.size())};
}

Result<QUrl> addressOf(const std::string &text)
{
    QUrl url = QUrl::fromEncoded(toBytes(text), QUrl::StrictMode);
    const bool isHttp =
        url.scheme() == QLatin1String("http") || url.scheme() == QLatin1String("https");
    if (!url.isValid() || !isHttp || url.host().isEmpty()) {
        return fail(Errc::InvalidArgument, "it is not an http or https address", text);
    }
    if (!url.userInfo().isEmpty()) { // it would end up in messages
        return fail(Errc::InvalidArgument, "the address carries a password",
                    url.host().toStdString());
    }
    return url;
}

bool isLoopback(const QUrl &url)
{
    return url.host() == QLatin1String("localhost") || QHostAddress(url.host()).isLoopback();
}

int portOf(const QUrl &url)
{
    return url.port(url.scheme() == QLatin1String("https") ? 443 : 80);
}

bool isSameOrigin(const QUrl &a, const QUrl &b)
{
    return a.scheme() == b.scheme() && a.host() == b.host() && portOf(a) == portOf(b);
}

bool isRedirect(int status)
{
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

std::string lowered(std::string_view text)
{
    std::string lower(text);
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return lower;
}

// What another host may learn: how we read, nothing of who we are.
bool isHarmless(std::string_view header)
{
    constexpr std::string_view names[] = {"accept",        "range",        "if-range",
                                          "if-none-match", "content-type", "user-agent"};
    return std::find(std::begin(names), std::end(names), lowered(header)) != std::end(names);
}

Result<void> checkHeaders(const HttpRequest &request)
{
    for (const auto &[name, value] : request.headers) {
        const bool isClean = std::none_of(value.begin(), value.end(),
                                          [](unsigned char c) { return c < 0x20 || c == 0x7F; });
        if (name.empty() || !isClean) { // a line end would start another header
            return fail(Errc::InvalidArgument, "a header holds characters that none can have",
                        name);
        }
    }
    return {};
}

std::string withoutQuery(const QUrl &url) // signed addresses carry secrets there
{
    return url.adjusted(QUrl::RemoveUserInfo | QUrl::RemoveQuery | QUrl::RemoveFragment)
        .toString()
        .toStdString();
}

/// One request with its redirects; lives on the calling thread.
class Exchange
{
public:
    Exchange(QNetworkAccessManager &network, const NetworkOptions &options,
             const std::optional<QNetworkProxy> &proxy, const QSslConfiguration &tls,
             const HttpRequest &request, const HeadCallback &onHead, const BodyCallback &onBody)
        : m_network(network)
        , m_options(options)
        , m_proxy(proxy)
        , m_tls(tls)
        , m_request(request)
        , m_onHead(onHead)
        , m_onBody(onBody)
    {
        m_stall.setSingleShot(true);
        m_stall.setInterval(options.stallTimeout);
        QObject::connect(&m_stall, &QTimer::timeout, &m_loop, [this] {
            end(Error{Errc::Timeout,
                      "nothing came for " + std::to_string(m_options.stallTimeout.count()) + " s",
                      withoutQuery(m_url),
                      {}});
        });
    }

    Result<void> run(const QUrl &url, std::stop_token stop)
    {
        m_first = url;
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
        return m_error ? Result<void>(tl::unexpected(*m_error)) : Result<void>();
    }

private:
    void start(const QUrl &url)
    {
        m_url = url;
        m_hasHead = false;
        const bool isDirect = isLoopback(url);
        m_network.setProxy(isDirect ? QNetworkProxy(QNetworkProxy::NoProxy)
                           : m_proxy
                               ? *m_proxy
                               : QNetworkProxyFactory::systemProxyForQuery(QNetworkProxyQuery(url))
                                     .value(0, QNetworkProxy(QNetworkProxy::NoProxy)));
        QNetworkRequest request(url);
        request.setSslConfiguration(m_tls);
        request.setAttribute(QNetworkRequest::RedirectPolicyAttribute,
                             QNetworkRequest::ManualRedirectPolicy);
        request.setAttribute(QNetworkRequest::Http2AllowedAttribute, false);
        request.setRawHeader("User-Agent", "TorchLift");
        request.setRawHeader("Accept-Encoding", "identity"); // nothing that could be a bomb
        for (const auto &[name, value] : m_request.headers) {
            if (isSameOrigin(m_first, url) || isHarmless(name)) {
                request.setRawHeader(toBytes(name), toBytes(value));
            }
        }
        m_reply = m_network.sendCustomRequest(request, toBytes(m_request.method),
                                              toBytes(m_request.body));
        m_reply->setReadBufferSize(kReadBuffer);
        QObject::connect(m_reply, &QIODevice::readyRead, &m_loop, [this] { read(); });
        QObject::connect(m_reply, &QNetworkReply::finished, &m_loop, [this] { finished(); });
        m_stall.start();
    }

    [[nodiscard]] int status() const
    {
        return m_reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
    }

    // Tells the head once. False: the exchange is over.
    bool head()
    {
        if (m_hasHead) {
            return true;
        }
        m_hasHead = true;
        HttpHead head;
        head.status = status();
        head.url = m_url.toEncoded().toStdString();
        for (const auto &[name, value] : m_reply->rawHeaderPairs()) {
            head.headers.emplace_back(lowered(name.toStdString()), value.toStdString());
        }
        const std::string encoding = lowered(head.header("content-encoding"));
        if (!encoding.empty() && encoding != "identity") {
            end(Error{Errc::Network,
                      "the server compressed its answer without being asked",
                      withoutQuery(m_url),
                      {}});
            return false;
        }
        return keep(m_onHead(head));
    }

    bool keep(const Result<void> &result)
    {
        if (!result) {
            end(result.error());
        }
        return result.has_value();
    }

    void read()
    {
        if (m_isOver || isRedirect(status())) {
            return;
        }
        m_stall.start();
        while (!m_isOver && m_reply->bytesAvailable() > 0 && head()) {
            const QByteArray bytes = m_reply->read(kReadBuffer);
            if (!keep(m_onBody({bytes.constData(), static_cast<std::size_t>(bytes.size())}))) {
                return;
            }
        }
        m_stall.start(); // storing may have taken long: that was not the server
    }

    void finished()
    {
        if (m_isOver) {
            return;
        }
        if (isRedirect(status()) && m_reply->hasRawHeader("Location")) {
            redirect();
            return;
        }
        read();
        // A status that is no success is an answer like any other; what broke underneath is not.
        const bool isAnswer = status() != 0
                              && (m_reply->error() == QNetworkReply::NoError || status() >= 400)
                              && m_reply->error() != QNetworkReply::RemoteHostClosedError;
        if (isAnswer && head()) {
            end(std::nullopt);
        } else if (m_reply->error() == QNetworkReply::SslHandshakeFailedError) {
            end(Error{Errc::Refused, m_reply->errorString().toStdString(), withoutQuery(m_url),
                      "give the authority that signed its certificate (--certificates FILE)"});
        } else if (!m_isOver) {
            end(Error{Errc::Network, m_reply->errorString().toStdString(), withoutQuery(m_url),
                      "check the network, and the proxy if there is one"});
        }
    }

    void redirect()
    {
        const QUrl target = m_url.resolved(QUrl::fromEncoded(m_reply->rawHeader("Location")));
        const auto address = addressOf(target.toEncoded().toStdString());
        const bool isDowngrade =
            m_url.scheme() == QLatin1String("https") && target.scheme() != QLatin1String("https");
        const bool isPlain = m_request.method == "GET" || m_request.method == "HEAD";
        if (!address || isDowngrade || (!isPlain && !isSameOrigin(m_url, target))
            || ++m_redirects > kMaxRedirects) {
            end(Error{Errc::Refused,
                      "a redirect to " + withoutQuery(target) + " is not followed",
                      withoutQuery(m_url),
                      {}});
            return;
        }
        dropReply();
        start(*address);
    }

    void end(std::optional<Error> error)
    {
        if (!m_isOver) {
            m_isOver = true;
            m_error = std::move(error);
            m_loop.quit();
        }
    }

    void dropReply()
    {
        m_stall.stop();
        m_reply->disconnect(&m_loop);
        m_reply->abort();
        m_reply->deleteLater();
    }

    QNetworkAccessManager &m_network;
    const NetworkOptions &m_options;
    const std::optional<QNetworkProxy> &m_proxy;
    const QSslConfiguration &m_tls;
    const HttpRequest &m_request;
    const HeadCallback &m_onHead;
    const BodyCallback &m_onBody;
    QEventLoop m_loop;
    QTimer m_stall;
    QNetworkReply *m_reply = nullptr;
    QUrl m_first;
    QUrl m_url;
    int m_redirects = 0;
    bool m_hasHead = false;
    bool m_isOver = false;
    std::optional<Error> m_error;
};

Result<std::optional<QNetworkProxy>> proxyOf(const std::string &text)
{
    if (text.empty()) {
        return std::optional<QNetworkProxy>();
    }
    const QUrl url = QUrl::fromEncoded(toBytes(text), QUrl::StrictMode);
    const bool isSocks = url.scheme() == QLatin1String("socks5");
    if (!url.isValid() || url.host().isEmpty() || url.port() <= 0
        || (!isSocks && url.scheme() != QLatin1String("http"))) {
        return fail(Errc::InvalidArgument, "the proxy's address cannot be used",
                    url.host().toStdString(), "give it as http://HOST:PORT or socks5://HOST:PORT");
    }
    return std::optional(
        QNetworkProxy(isSocks ? QNetworkProxy::Socks5Proxy : QNetworkProxy::HttpProxy, url.host(),
                      static_cast<quint16>(url.port()), url.userName(), url.password()));
}

} // namespace

class HttpClient::Impl
{
public:
    NetworkOptions options;
    std::optional<QNetworkProxy> proxy;
    QSslConfiguration tls = QSslConfiguration::defaultConfiguration();
    QNetworkAccessManager network;
};

HttpClient::HttpClient(std::unique_ptr<Impl> impl)
    : m_impl(std::move(impl))
{}

HttpClient::~HttpClient() = default;

Result<std::unique_ptr<HttpClient>> HttpClient::open(NetworkOptions options)
{
    auto impl = std::make_unique<Impl>();
    auto proxy = proxyOf(options.proxy);
    if (!proxy) {
        return tl::unexpected(proxy.error());
    }
    impl->proxy = *proxy;
    if (!options.certificates.empty()) {
        QFile file(QString::fromStdString(options.certificates.string()));
        if (!file.open(QIODevice::ReadOnly)) {
            return fail(file.exists() ? Errc::Unreadable : Errc::NotFound,
                        file.errorString().toStdString(), options.certificates.string());
        }
        const QList<QSslCertificate> certificates = QSslCertificate::fromDevice(&file);
        if (certificates.isEmpty()) {
            return fail(Errc::InvalidArgument, "the file holds no certificate in PEM form",
                        options.certificates.string());
        }
        impl->tls.addCaCertificates(certificates);
    }
    impl->options = std::move(options);
    return std::unique_ptr<HttpClient>(new HttpClient(std::move(impl)));
}

Result<void> HttpClient::stream(const HttpRequest &request, const HeadCallback &onHead,
                                const BodyCallback &onBody, std::stop_token stop)
{
    const auto url = addressOf(request.url);
    if (!url) {
        return tl::unexpected(url.error());
    }
    if (auto checked = checkHeaders(request); !checked) {
        return checked;
    }
    Exchange exchange(m_impl->network, m_impl->options, m_impl->proxy, m_impl->tls, request, onHead,
                      onBody);
    return exchange.run(*url, std::move(stop));
}

Result<HttpResponse> HttpClient::send(const HttpRequest &request, std::stop_token stop)
{
    HttpResponse response;
    const auto onHead = [&](const HttpHead &head) -> Result<void> {
        static_cast<HttpHead &>(response) = head;
        return {};
    };
    const auto onBody = [&](std::string_view bytes) -> Result<void> {
        if (response.body.size() + bytes.size() > request.maxBytes) {
            return fail(Errc::TooLarge,
                        "the answer is larger than " + std::to_string(request.maxBytes) + " bytes",
                        request.url);
        }
        response.body += bytes;
        return {};
    };
    if (auto done = stream(request, onHead, onBody, std::move(stop)); !done) {
        return tl::unexpected(done.error());
    }
    return response;
}

std::string_view HttpHead::header(std::string_view name) const
{
    const auto found = std::find_if(headers.begin(), headers.end(),
                                    [&](const auto &header) { return header.first == name; });
    return found == headers.end() ? std::string_view() : found->second;
}

std::chrono::seconds HttpHead::retryAfter(std::chrono::seconds otherwise,
                                          std::chrono::seconds most) const
{
    const std::string_view value = header("retry-after");
    std::int64_t seconds = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), seconds);
    if (error != std::errc() || end != value.data() + value.size() || seconds < 0) {
        // The other form is a date.
        const QDateTime when = QLocale::c().toDateTime(
            QString::fromUtf8(value.data(), static_cast<qsizetype>(value.size())).left(25),
            QStringLiteral("ddd, dd MMM yyyy hh:mm:ss"));
        if (!when.isValid()) {
            return std::min(otherwise, most);
        }
        const QDateTime utc(when.date(), when.time(), Qt::UTC);
        seconds = std::max<std::int64_t>(0, QDateTime::currentDateTimeUtc().secsTo(utc));
    }
    return std::min(std::chrono::seconds(seconds), most);
}

Error errorOfHttpStatus(int status, std::string subject)
{
    const std::string detail = "the server answers with status " + std::to_string(status);
    switch (status) {
    case 404:
    case 410:
        return {Errc::NotFound, detail, std::move(subject), {}};
    case 401:
    case 403:
        return {Errc::Refused, detail, std::move(subject), "check the key and what it may read"};
    default:
        return {Errc::Network, detail, std::move(subject), {}};
    }
}

} // namespace TorchLift
