#include <QtTest>

#include <QCryptographicHash>

#include <fstream>
#include <thread>

#include "base/files.h"
#include "download/download.h"
#include "support/stubserver.h"

using namespace TorchLift;
using namespace std::chrono_literals;

namespace {

const QByteArray kContent = QByteArray("torch").repeated(40'000); // 200,000 bytes

std::string sha256(const QByteArray &bytes)
{
    return sha256Hex({bytes.constData(), std::size_t(bytes.size())});
}

// `bytes` in pieces of 10,000, with the headers of a file.
StubReply fileReply(const QByteArray &bytes, int status = 200)
{
    StubReply reply;
    reply.status = status;
    reply.headers = {{"ETag", "\"v1\""}};
    for (qsizetype at = 0; at < bytes.size(); at += 10'000) {
        reply.steps.push_back({bytes.mid(at, 10'000), {}});
    }
    return reply;
}

StubReply rangeReply(qsizetype from)
{
    StubReply reply = fileReply(kContent.mid(from), 206);
    reply.headers.push_back(
        {"Content-Range", "bytes " + QByteArray::number(from) + "-199999/200000"});
    return reply;
}

StubReply brokenReply(StubReply::End end = StubReply::End::Close)
{
    StubReply reply = fileReply(kContent.left(100'000));
    reply.steps.push_back({{}, 50ms}); // what came before is read before a reset throws it away
    reply.end = end;
    return reply;
}

std::unique_ptr<HttpClient> client(std::chrono::seconds stall = 5s)
{
    NetworkOptions options;
    options.stallTimeout = stall;
    return std::move(*HttpClient::open(options));
}

} // namespace

class TestDownload : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void getsAFile();
    void leavesARightFileAlone();
    void goesOnWhereItBroke_data();
    void goesOnWhereItBroke();
    void goesOnAfterARestart();
    void startsAgainWhenTheFileChanged();
    void startsAgainWhenTheServerCannotGoOn();
    void wrongChecksum();
    void aDamagedPartIsFetchedOnceMore();
    void gitBlobChecksum();
    void lengths_data();
    void lengths();
    void statuses_data();
    void statuses();
    void busyServerIsAskedAgain();
    void stall();
    void cancels();
    void keepsWhatCameWhenCancelled();
    void keysStayWithTheFirstHost();
    void refusesRedirects();
    void compressedAnswersAreRefused();
    void tooLargeAnswer();
    void badAddressesAndHeaders();
    void proxyIsUsed();
    void ownCertificate();
    void unwritableTarget();

private:
    [[nodiscard]] DownloadRequest requestOf(const StubServer &server) const;
    [[nodiscard]] QByteArray stored() const;

    std::unique_ptr<QTemporaryDir> m_folder;
    std::filesystem::path m_target;
};

void TestDownload::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    m_target = m_folder->filePath("file.bin").toStdString();
}

DownloadRequest TestDownload::requestOf(const StubServer &server) const
{
    DownloadRequest request;
    request.url = server.address().toStdString() + "/file.bin";
    request.target = m_target;
    request.size = 200'000;
    request.checksum = {Checksum::Kind::Sha256, sha256(kContent)};
    return request;
}

QByteArray TestDownload::stored() const
{
    const auto bytes = readFile(m_target);
    return bytes ? QByteArray::fromStdString(*bytes) : QByteArray("(missing)");
}

void TestDownload::getsAFile()
{
    StubServer server;
    server.enqueue(fileReply(kContent));
    double done = 0;
    double total = 0;
    const auto result = download(*client(), requestOf(server),
                                 [&](const Progress &progress) {
                                     QVERIFY(progress.done >= done);
                                     done = progress.done;
                                     total = progress.total;
                                 },
                                 {});
    QVERIFY2(result, result ? "" : result.error().detail.c_str());
    QCOMPARE(stored(), kContent);
    QCOMPARE(done, 200'000.0);
    QCOMPARE(total, 200'000.0);
    QCOMPARE(QDir(m_folder->path()).entryList(QDir::Files), QStringList{"file.bin"});
}

void TestDownload::leavesARightFileAlone()
{
    StubServer server;
    std::ofstream(m_target, std::ios::binary) << kContent.toStdString();
    QVERIFY(download(*client(), requestOf(server), {}, {}));
    QVERIFY(server.requests().empty());
}

void TestDownload::goesOnWhereItBroke_data()
{
    QTest::addColumn<StubReply::End>("end");
    QTest::addRow("closed") << StubReply::End::Close;
    QTest::addRow("reset") << StubReply::End::Reset;
    QTest::addRow("stalled") << StubReply::End::Hang;
}

void TestDownload::goesOnWhereItBroke()
{
    QFETCH(StubReply::End, end);
    StubServer server;
    server.answerWith([end](const StubRequest &request) {
        return request.header("range").isEmpty() ? brokenReply(end) : rangeReply(100'000);
    });
    const auto result = download(*client(1s), requestOf(server), {}, {});
    QVERIFY2(result, result ? "" : result.error().detail.c_str());
    QCOMPARE(stored(), kContent);
    QCOMPARE(server.requests().back().header("range"), QByteArray("bytes=100000-"));
    QCOMPARE(server.requests().back().header("if-range"), QByteArray("\"v1\""));
}

// The program ended in the middle; another one goes on.
void TestDownload::goesOnAfterARestart()
{
    StubServer server;
    server.enqueue(brokenReply());
    DownloadRequest request = requestOf(server);
    request.attempts = 1;
    const auto broken = download(*client(), request, {}, {});
    QVERIFY(!broken);
    QCOMPARE(broken.error().code, Errc::Network);
    QVERIFY(!std::filesystem::exists(m_target));
    QCOMPARE(std::filesystem::file_size(m_target.string() + ".part"), std::uintmax_t(100'000));

    StubServer later;
    later.enqueue(rangeReply(100'000));
    QVERIFY(download(*client(), requestOf(later), {}, {}));
    QCOMPARE(stored(), kContent);
}

void TestDownload::startsAgainWhenTheFileChanged()
{
    StubServer server;
    server.answerWith([](const StubRequest &request) { // 200 and not 206: another version, whole
        return request.header("range").isEmpty() ? brokenReply() : fileReply(kContent);
    });
    QVERIFY(download(*client(), requestOf(server), {}, {}));
    QCOMPARE(stored(), kContent);
}

void TestDownload::startsAgainWhenTheServerCannotGoOn()
{
    StubServer server;
    bool isRefused = false;
    server.answerWith([&](const StubRequest &request) {
        if (!request.header("range").isEmpty()) {
            isRefused = true;
            return StubReply::body("no such range", "text/plain", 416);
        }
        return isRefused ? fileReply(kContent) : brokenReply();
    });
    QVERIFY(download(*client(), requestOf(server), {}, {}));
    QVERIFY(isRefused);
    QCOMPARE(stored(), kContent);
    QVERIFY(server.requests().back().header("range").isEmpty());
}

void TestDownload::wrongChecksum()
{
    StubServer server;
    server.enqueue(fileReply(QByteArray(200'000, 'x')));
    const auto result = download(*client(), requestOf(server), {}, {});
    QVERIFY(!result);
    QCOMPARE(result.error().code, Errc::Damaged);
    QVERIFY(!std::filesystem::exists(m_target));
    QVERIFY(!std::filesystem::exists(m_target.string() + ".part"));
    QCOMPARE(server.requests().size(), std::size_t(2)); // once more from the start, then no more
}

void TestDownload::aDamagedPartIsFetchedOnceMore()
{
    std::ofstream(m_target.string() + ".part", std::ios::binary) << std::string(100'000, 'x');
    StubServer server;
    server.enqueue(rangeReply(100'000));
    server.enqueue(fileReply(kContent));
    QVERIFY(download(*client(), requestOf(server), {}, {}));
    QCOMPARE(stored(), kContent);
}

void TestDownload::gitBlobChecksum()
{
    StubServer server;
    server.enqueue(StubReply::body("hello\n", "text/plain"));
    DownloadRequest request = requestOf(server);
    request.size = 0;
    // What `git hash-object` says of that file.
    request.checksum = {Checksum::Kind::GitBlob, "ce013625030ba8dba906f756967f9e9ca394464a"};
    const auto result = download(*client(), request, {}, {});
    QVERIFY2(result, result ? "" : result.error().detail.c_str());
    QCOMPARE(stored(), QByteArray("hello\n"));
}

void TestDownload::lengths_data()
{
    QTest::addColumn<int>("bytes");
    QTest::addRow("too short") << 199'999;
    QTest::addRow("too long") << 200'001;
}

void TestDownload::lengths()
{
    QFETCH(int, bytes);
    StubServer server;
    server.enqueue(fileReply(kContent.repeated(2).left(bytes)));
    DownloadRequest request = requestOf(server);
    request.checksum = {};
    request.attempts = 2;
    QVERIFY(!download(*client(), request, {}, {}));
    QVERIFY(!std::filesystem::exists(m_target));
}

void TestDownload::statuses_data()
{
    QTest::addColumn<int>("status");
    QTest::addColumn<Errc>("code");
    QTest::addRow("not there") << 404 << Errc::NotFound;
    QTest::addRow("not allowed") << 401 << Errc::Refused;
    QTest::addRow("forbidden") << 403 << Errc::Refused;
    QTest::addRow("broken") << 500 << Errc::Network;
}

void TestDownload::statuses()
{
    QFETCH(int, status);
    QFETCH(Errc, code);
    StubServer server;
    server.enqueue(StubReply::body("<html>no</html>", "text/html", status));
    DownloadRequest request = requestOf(server);
    request.attempts = 1;
    const auto result = download(*client(), request, {}, {});
    QVERIFY(!result);
    QCOMPARE(result.error().code, code);
    QVERIFY(!std::filesystem::exists(m_target.string() + ".part"));
}

void TestDownload::busyServerIsAskedAgain()
{
    StubServer server;
    StubReply busy = StubReply::body("slow down", "text/plain", 429);
    busy.headers.push_back({"Retry-After", "1"});
    server.enqueue(busy);
    server.enqueue(fileReply(kContent));
    QElapsedTimer timer;
    timer.start();
    QVERIFY(download(*client(), requestOf(server), {}, {}));
    QVERIFY(timer.elapsed() >= 900);
    QCOMPARE(stored(), kContent);
}

void TestDownload::stall()
{
    StubServer server;
    StubReply silent;
    silent.answersAtAll = false;
    server.enqueue(silent);
    DownloadRequest request = requestOf(server);
    request.attempts = 1;
    const auto result = download(*client(1s), request, {}, {});
    QVERIFY(!result);
    QCOMPARE(result.error().code, Errc::Timeout);
}

void TestDownload::cancels()
{
    StubServer server;
    StubReply silent;
    silent.answersAtAll = false;
    server.enqueue(silent);
    std::stop_source source;
    std::jthread stopper([&] {
        std::this_thread::sleep_for(200ms);
        source.request_stop();
    });
    QElapsedTimer timer;
    timer.start();
    const auto result = download(*client(60s), requestOf(server), {}, source.get_token());
    QVERIFY(!result);
    QCOMPARE(result.error().code, Errc::Cancelled);
    QVERIFY(timer.elapsed() < 10'000);
}

void TestDownload::keepsWhatCameWhenCancelled()
{
    StubServer server;
    server.enqueue(brokenReply(StubReply::End::Hang));
    std::stop_source source;
    const auto result = download(
        *client(60s), requestOf(server),
        [&](const Progress &progress) {
            if (progress.done >= 100'000) {
                source.request_stop();
            }
        },
        source.get_token());
    QVERIFY(!result);
    QCOMPARE(result.error().code, Errc::Cancelled);
    QCOMPARE(std::filesystem::file_size(m_target.string() + ".part"), std::uintmax_t(100'000));
}

// robustness 61
void TestDownload::keysStayWithTheFirstHost()
{
    StubServer first;
    StubServer second; // another port is another host
    first.enqueue(StubReply::redirect("/elsewhere", 302));
    first.enqueue(StubReply::redirect(second.address().toUtf8() + "/file.bin?signature=s", 302));
    second.enqueue(fileReply(kContent));
    DownloadRequest request = requestOf(first);
    request.headers = {{"Authorization", "Bearer secret"}, {"X-Api-Key", "secret"}};
    QVERIFY(download(*client(), request, {}, {}));
    QCOMPARE(first.requests()[0].header("authorization"), QByteArray("Bearer secret"));
    QCOMPARE(first.requests()[1].header("authorization"), QByteArray("Bearer secret"));
    QVERIFY(second.requests()[0].header("authorization").isEmpty());
    QVERIFY(second.requests()[0].header("x-api-key").isEmpty());
    QCOMPARE(stored(), kContent);
}

void TestDownload::refusesRedirects()
{
    for (const char *location :
         {"ftp://127.0.0.1/x", "file:///etc/passwd", "http://user:pw@127.0.0.1/"}) {
        StubServer server;
        server.enqueue(StubReply::redirect(location, 302));
        const auto result = download(*client(), requestOf(server), {}, {});
        QVERIFY(!result);
        QCOMPARE(result.error().code, Errc::Refused);
    }
    StubServer loop;
    loop.enqueue(StubReply::redirect("/again", 302));
    QCOMPARE(download(*client(), requestOf(loop), {}, {}).error().code, Errc::Refused);
    QCOMPARE(loop.requests().size(), std::size_t(6));
}

// robustness 60
void TestDownload::compressedAnswersAreRefused()
{
    StubServer server;
    StubReply reply = StubReply::body("\x1f\x8b", "application/octet-stream");
    reply.headers.push_back({"Content-Encoding", "gzip"});
    server.enqueue(reply);
    const auto result = client()->send({server.address().toStdString(), "GET", {}, {}, 100}, {});
    QVERIFY(!result);
    QCOMPARE(result.error().code, Errc::Network);
}

void TestDownload::tooLargeAnswer()
{
    StubServer server;
    server.enqueue(fileReply(kContent));
    const auto http = client();
    HttpRequest request{server.address().toStdString(), "GET", {}, {}, 199'999};
    QCOMPARE(http->send(request, {}).error().code, Errc::TooLarge);
    request.maxBytes = 200'000;
    QCOMPARE(http->send(request, {})->body.size(), std::size_t(200'000));
}

void TestDownload::badAddressesAndHeaders()
{
    const auto http = client();
    for (const char *url :
         {"", "file.bin", "ftp://127.0.0.1/", "http://", "http://u:p@127.0.0.1/"}) {
        QCOMPARE(http->send({url, "GET", {}, {}, 1}, {}).error().code, Errc::InvalidArgument);
    }
    const HttpRequest split{"http://127.0.0.1:1/", "GET", {{"X", "a\r\nHost: b"}}, {}, 1};
    QCOMPARE(http->send(split, {}).error().code, Errc::InvalidArgument);
    QCOMPARE(http->send({"http://127.0.0.1:1/", "GET", {}, {}, 1}, {}).error().code, Errc::Network);
}

void TestDownload::proxyIsUsed()
{
    StubServer proxy;
    proxy.enqueue(fileReply(kContent));
    NetworkOptions options;
    options.proxy = "http://127.0.0.1:" + std::to_string(proxy.port());
    const auto http = HttpClient::open(options);
    QVERIFY(http);
    DownloadRequest request = requestOf(proxy);
    request.url = "http://models.invalid/file.bin";
    const auto result = download(**http, request, {}, {});
    QVERIFY2(result, result ? "" : result.error().detail.c_str());
    QCOMPARE(stored(), kContent);
    QCOMPARE(proxy.requests()[0].path, QByteArray("http://models.invalid/file.bin"));
    for (const char *wrong : {"127.0.0.1", "http://127.0.0.1", "ftp://127.0.0.1:1"}) {
        QCOMPARE(HttpClient::open({wrong, {}, 1s}).error().code, Errc::InvalidArgument);
    }
}

// robustness 62
void TestDownload::ownCertificate()
{
    const auto own = makeCertificate(*m_folder);
    if (!own) {
        QSKIP("openssl is not here to make a certificate");
    }
    StubServer server(own->tls);
    server.enqueue(fileReply(kContent));

    DownloadRequest request = requestOf(server);
    request.attempts = 1;
    QCOMPARE(download(*client(), request, {}, {}).error().code, Errc::Refused);
    QVERIFY(server.requests().empty());
    NetworkOptions options;
    options.certificates = own->certificateFile.toStdString();
    const auto trusting = HttpClient::open(options);
    QVERIFY(trusting);
    const auto result = download(**trusting, request, {}, {});
    QVERIFY2(result, result ? "" : result.error().detail.c_str());
    QCOMPARE(stored(), kContent);

    options.certificates = own->keyFile.toStdString();
    QCOMPARE(HttpClient::open(options).error().code, Errc::InvalidArgument);
    options.certificates = m_folder->filePath("absent.pem").toStdString();
    QCOMPARE(HttpClient::open(options).error().code, Errc::NotFound);
}

void TestDownload::unwritableTarget()
{
    StubServer server;
    server.enqueue(fileReply(kContent));
    DownloadRequest request = requestOf(server);
    request.target = m_folder->filePath("absent/file.bin").toStdString();
    QCOMPARE(download(*client(), request, {}, {}).error().code, Errc::Io);
    request = requestOf(server);
    request.size = std::uint64_t(1) << 60U;
    const auto result = download(*client(), request, {}, {});
    QCOMPARE(result.error().code, Errc::Io);
    QVERIFY(result.error().detail.find("room") != std::string::npos);
}

QTEST_GUILESS_MAIN(TestDownload)
#include "tst_download.moc"
