#include "vectorstores/engineaddress.h"

#include <algorithm>
#include <cctype>

#include <QHostAddress>
#include <QUrl>
#include <QUrlQuery>

namespace TorchLift {

namespace {

constexpr int kQdrantPort = 6333;
constexpr int kMilvusPort = 19530;
constexpr std::size_t kMaxName = 255;
constexpr const char *kForm =
    "give it as qdrant://HOST:PORT/COLLECTION or milvus://HOST:PORT/COLLECTION, over TLS as "
    "qdrant+https:// or milvus+https://";

// What both engines take, and what needs no escaping in an address.
bool isName(std::string_view name, bool allowsDash)
{
    const auto isGood = [&](unsigned char c) {
        return (std::isalnum(c) != 0 && c < 0x80) || c == '_' || (allowsDash && c == '-');
    };
    return !name.empty() && name.size() <= kMaxName
           && std::isdigit(static_cast<unsigned char>(name.front())) == 0
           && std::all_of(name.begin(), name.end(), isGood);
}

std::string url(bool isTls, const std::string &host, int port)
{
    const bool isIpv6 = host.find(':') != std::string::npos;
    return (isTls ? "https://" : "http://") + (isIpv6 ? '[' + host + ']' : host) + ':'
           + std::to_string(port);
}

} // namespace

Result<EngineAddress> EngineAddress::parse(std::string_view text)
{
    const QUrl url = QUrl::fromEncoded(QByteArray(text.data(), static_cast<qsizetype>(text.size())),
                                       QUrl::StrictMode);
    if (!url.userInfo().isEmpty()) {
        return fail(Errc::InvalidArgument, "the engine's address carries a name or key",
                    url.host().toStdString(),
                    "leave it out, and give the key by --engine-key-fd or TORCHLIFT_ENGINE_KEY");
    }
    EngineAddress address;
    const QString scheme = url.scheme();
    address.isTls = scheme.endsWith(QLatin1String("+https"));
    const QString name = address.isTls ? scheme.chopped(6) : scheme;
    address.engine = name == QLatin1String("milvus") ? Engine::Milvus : Engine::Qdrant;
    address.host = url.host().toStdString();
    address.port = url.port(address.engine == Engine::Milvus ? kMilvusPort : kQdrantPort);
    address.collection = url.path().mid(1).toStdString();
    const QUrlQuery query(url);
    bool isNumber = true;
    for (const auto &[key, value] : query.queryItems()) {
        const bool isAdmin =
            key == QLatin1String("admin") && address.engine == Engine::Milvus && isNumber;
        address.adminPort = value.toInt(&isNumber);
        isNumber = isNumber && isAdmin && address.adminPort > 0 && address.adminPort < 65536;
    }
    const bool isKnown = name == QLatin1String("qdrant") || name == QLatin1String("milvus");
    if (!url.isValid() || !isKnown || address.host.empty() || address.port <= 0 || !isNumber
        || url.hasFragment()) {
        return fail(Errc::InvalidArgument, "not the address of a shared engine", std::string(text),
                    kForm);
    }
    if (!isName(address.collection, address.engine == Engine::Qdrant)) {
        return fail(Errc::InvalidArgument,
                    "a collection's name has letters, digits and underscores only, and does not "
                    "begin with a digit",
                    address.collection, kForm);
    }
    return address;
}

std::string EngineAddress::toString() const
{
    std::string text = engine == Engine::Qdrant ? "qdrant" : "milvus";
    const std::string where = url(isTls, host, port);
    text += (isTls ? "+https" : "") + where.substr(where.find(':')) + '/' + collection;
    const EngineAddress usual;
    return adminPort == usual.adminPort ? text : text + "?admin=" + std::to_string(adminPort);
}

std::string EngineAddress::baseUrl() const
{
    return url(isTls, host, port);
}

std::string EngineAddress::adminUrl() const
{
    return url(isTls, host, adminPort);
}

bool EngineAddress::isLoopback() const
{
    return host == "localhost" || QHostAddress(QString::fromStdString(host)).isLoopback();
}

} // namespace TorchLift
