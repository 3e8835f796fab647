#include <QtCore/QDateTime>
#include <QtCore/QDir>
#include <QtCore/QTemporaryDir>
#include <QtTest/QTest>

#include <nlohmann/json.hpp>

#include "base/files.h"
#include "corpus/githubreleases.h"
#include "download/httpclient.h"
#include "support/stubserver.h"

using namespace TorchLift;
using namespace std::chrono_literals;

namespace {

std::string release(const std::string &tag, const std::string &body, bool isDraft = false)
{
    return nlohmann::json{{"tag_name", tag},
                          {"name", "PyTorch " + tag},
                          {"body", body},
                          {"draft", isDraft},
                          {"prerelease", false}}
        .dump();
}

StubReply page(const std::string &releases, const char *etag, const QByteArray &next = {})
{
    StubReply reply =
        StubReply::body(QByteArray::fromStdString('[' + releases + ']'), "application/json");
    reply.headers.emplace_back("ETag", etag);
    if (!next.isEmpty()) {
        reply.headers.emplace_back("Link", '<' + next + ">; rel=\"next\", <x>; rel=\"last\"");
    }
    return reply;
}

StubReply status(int code, std::vector<std::pair<QByteArray, QByteArray>> headers = {})
{
    StubReply reply = StubReply::body("{}", "application/json", code);
    reply.headers.insert(reply.headers.end(), headers.begin(), headers.end());
    return reply;
}

} // namespace

/// A stand-in of the releases API on loopback.
class TestGitHubReleases : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init();
    void cleanup() { m_server.reset(); }
    void followsPages();
    void unchangedPagesAreNotSentAgain();
    void goesOnAfterABrokenConnection();
    void resumesWhereItEnded();
    void waitsForTheRateLimit();
    void longRateLimitIsToldAndKeepsPages();
    void damagedCacheIsFetchedAgain();
    void nextPageElsewhereIsRefused();
    void realNotes();

private:
    Result<GitHubReleases> fetch() { return fetchGitHubReleases(*m_client, m_options, {}, {}); }
    QByteArray next() const
    {
        return QByteArray::fromStdString(m_options.api) + "/repositories/1/releases?page=2";
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<StubServer> m_server;
    std::unique_ptr<HttpClient> m_client;
    GitHubOptions m_options;
    const std::string m_first = release("v2.7.0", "# Notes\n\ntorch.load (#12345)") + ','
                                + release("v2.7.1-rc1", "x", true) + ',' + release("nightly", "y");
    const std::string m_second = release("v1.0.0", "# Old\n\ntext");
};

void TestGitHubReleases::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    m_server = std::make_unique<StubServer>();
    auto client = HttpClient::open({});
    QVERIFY(client);
    m_client = std::move(*client);
    m_options = {};
    m_options.api = "http://127.0.0.1:" + std::to_string(m_server->port());
    m_options.cache = m_folder->filePath("pages").toStdString();
    m_options.pause = 1ms;
}

void TestGitHubReleases::followsPages()
{
    m_options.token = "secret";
    m_server->enqueue(page(m_first, "\"a\"", next()));
    m_server->enqueue(page(m_second, "\"b\""));
    const auto found = fetch();
    QVERIFY2(found, found ? "" : found.error().detail.c_str());
    QCOMPARE(found->releases, std::size_t{2});
    QCOMPARE(found->pages, std::size_t{2});
    QCOMPARE(found->skipped.size(), std::size_t{2});
    QCOMPARE(found->chunks.front().source, std::string("github:pytorch/pytorch"));
    QVERIFY(found->chunks.front().isOriginal);
    QVERIFY(found->chunks.front().pullRequests == std::vector<std::string>{"#12345"});
    const auto requests = m_server->requests();
    QCOMPARE(requests.size(), std::size_t{2});
    QCOMPARE(requests[1].header("authorization"), QByteArray("Bearer secret"));
    QVERIFY(!requests[0].path.contains("secret"));
}

void TestGitHubReleases::unchangedPagesAreNotSentAgain()
{
    m_server->enqueue(page(m_first, "\"a\"", next()));
    m_server->enqueue(page(m_second, "\"b\""));
    m_server->enqueue(status(304));
    m_server->enqueue(status(304));
    const auto before = fetch();
    QVERIFY(before);
    const auto after = fetch();
    QVERIFY(after);
    QCOMPARE(after->unchanged, std::size_t{2});
    QCOMPARE(after->chunks.size(), before->chunks.size());
    QCOMPARE(m_server->requests()[3].header("if-none-match"), QByteArray("\"b\""));
}

void TestGitHubReleases::goesOnAfterABrokenConnection()
{
    StubReply broken = page(m_first, "\"a\"", next());
    broken.steps.front().bytes.truncate(broken.steps.front().bytes.size() / 2);
    broken.end = StubReply::End::Reset;
    int asked = 0;
    m_server->answerWith([&](const StubRequest &request) {
        if (request.path.endsWith("page=2")) {
            return page(m_second, "\"b\"");
        }
        ++asked;
        return asked == 1 ? broken : asked == 2 ? status(502) : page(m_first, "\"a\"", next());
    });
    const auto found = fetch();
    QVERIFY2(found, found ? "" : found.error().detail.c_str());
    QCOMPARE(found->releases, std::size_t{2});
    QVERIFY(asked >= 3);
}

void TestGitHubReleases::resumesWhereItEnded()
{
    m_options.attempts = 2;
    m_server->enqueue(page(m_first, "\"a\"", next()));
    m_server->enqueue(status(500));
    m_server->enqueue(status(500));
    QVERIFY(!fetch()); // the second page never came
    m_server->enqueue(status(304));
    m_server->enqueue(page(m_second, "\"b\""));
    const auto found = fetch();
    QVERIFY(found);
    QCOMPARE(found->unchanged, std::size_t{1});
    QCOMPARE(found->releases, std::size_t{2});
}

void TestGitHubReleases::waitsForTheRateLimit()
{
    m_server->enqueue(status(429, {{"Retry-After", "1"}}));
    m_server->enqueue(status(
        403, {{"X-RateLimit-Remaining", "0"},
              {"X-RateLimit-Reset", QByteArray::number(QDateTime::currentSecsSinceEpoch())}}));
    m_server->enqueue(page(m_second, "\"b\""));
    const auto start = std::chrono::steady_clock::now();
    const auto found = fetch();
    QVERIFY(found);
    QVERIFY(std::chrono::steady_clock::now() - start >= 1s);
    QCOMPARE(found->releases, std::size_t{1});
}

void TestGitHubReleases::longRateLimitIsToldAndKeepsPages()
{
    const auto later = QByteArray::number(QDateTime::currentSecsSinceEpoch() + 3000);
    m_server->enqueue(page(m_first, "\"a\"", next()));
    m_server->enqueue(status(403, {{"X-RateLimit-Remaining", "0"}, {"X-RateLimit-Reset", later}}));
    const auto found = fetch();
    QVERIFY(!found);
    QCOMPARE(found.error().code, Errc::Network);
    QVERIFY(found.error().detail.find("rate limit") != std::string::npos);
    QCOMPARE(QDir(m_folder->filePath("pages")).entryList(QDir::Files).size(), 1);
}

void TestGitHubReleases::damagedCacheIsFetchedAgain()
{
    m_server->enqueue(page(m_second, "\"b\""));
    QVERIFY(fetch());
    const QDir pages(m_folder->filePath("pages"));
    const std::string file = pages.filePath(pages.entryList(QDir::Files).front()).toStdString();
    const auto bytes = readFile(file);
    QVERIFY(bytes);
    for (const std::string &damaged : {std::string(), bytes->substr(0, bytes->size() / 2)}) {
        QVERIFY(writeFileAtomically(file, damaged));
        m_server->enqueue(page(m_second, "\"b\""));
        const auto found = fetch();
        QVERIFY(found);
        QCOMPARE(found->releases, std::size_t{1});
        QVERIFY(m_server->requests().back().header("if-none-match").isEmpty());
    }
}

void TestGitHubReleases::nextPageElsewhereIsRefused()
{
    m_server->enqueue(page(m_first, "\"a\"", "https://elsewhere.invalid/releases?page=2"));
    const auto found = fetch();
    QVERIFY(!found);
    QCOMPARE(m_server->requests().size(), std::size_t{1});
}

// TORCHLIFT_NOTES: a folder of real release notes, one file each.
void TestGitHubReleases::realNotes()
{
    const QDir notes(QString::fromLocal8Bit(qgetenv("TORCHLIFT_NOTES")));
    if (notes.path().isEmpty() || qEnvironmentVariableIsEmpty("TORCHLIFT_NOTES")) {
        QSKIP("TORCHLIFT_NOTES names no folder of release notes");
    }
    const QStringList files = notes.entryList({"v*.md"}, QDir::Files);
    QVERIFY(!files.isEmpty());
    for (qsizetype i = 0; i < files.size(); ++i) {
        const auto text = readFile(notes.filePath(files[i]).toStdString());
        QVERIFY(text);
        const std::string tag = files[i].section('.', 0, 2).toStdString();
        m_server->enqueue(
            page(release(tag, *text), "\"e\"",
                 i + 1 < files.size() ? next() + QByteArray::number(i) : QByteArray()));
    }
    const auto found = fetch();
    QVERIFY2(found, found ? "" : found.error().detail.c_str());
    QCOMPARE(found->releases, static_cast<std::size_t>(files.size()));
    QVERIFY(found->chunks.size() > 100);
    for (const Chunk &chunk : found->chunks) {
        QVERIFY(chunk.text.size() <= 4000 && !chunk.text.empty());
    }
}

QTEST_GUILESS_MAIN(TestGitHubReleases)
#include "tst_githubreleases.moc"
