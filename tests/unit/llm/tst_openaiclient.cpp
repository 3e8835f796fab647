#include <QtTest>

#include <thread>

#include "base/files.h"
#include "base/logging.h"
#include "llm/openaiclient.h"
#include "support/stubserver.h"

using namespace TorchLift;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

namespace {

const std::string kKey = "sk-secret-0123456789";

ChatProfile profileOf(const StubServer &server)
{
    ChatProfile profile;
    profile.name = "stub";
    profile.baseUrl = server.address().toStdString();
    profile.model = "tiny";
    profile.key = kKey;
    profile.stallTimeout = 5s;
    return profile;
}

Result<ChatAnswer> ask(const ChatProfile &profile, const TokenCallback &onText = {},
                       std::stop_token stop = {})
{
    return makeOpenAiClient()->chat(
        profile, {{ChatMessage::Role::System, "be brief"}, {ChatMessage::Role::User, "Hi \"you\""}},
        onText, stop);
}

bool holdsKey(const Error &error)
{
    return (error.detail + error.subject + error.remedy).find("secret") != std::string::npos;
}

std::string textOf(const Result<ChatAnswer> &answer)
{
    return answer ? answer->text : "error: " + answer.error().detail;
}

long long milliseconds(Clock::duration duration)
{
    return std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
}

} // namespace

class TestOpenAiClient : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void asksAsTheProtocolWants();
    void leavesOutAnAbsentKey();
    void bodies_data();
    void bodies();
    void showsTextWithin100Ms();
    void statuses_data();
    void statuses();
    void brokenConnections_data();
    void brokenConnections();
    void silence_data();
    void silence();
    void oneByteASecondIsNotAStall();
    void slowReaderIsNotAStall();
    void cancelsWithin100Ms_data();
    void cancelsWithin100Ms();
    void followsARedirectOnTheSameServer();
    void refusesRedirects_data();
    void refusesRedirects();
    void redirectCircleEnds();
    void refusesCompressedAnswers();
    void boundsEndlessAnswers();
    void boundsEndlessErrorPages();
    void refusesBadAddressesAndKeys_data();
    void refusesBadAddressesAndKeys();
    void nobodyListens();
    void refusesBadCertificates();
    void keyIsNotLogged();

private:
    QTemporaryDir m_folder;
    std::filesystem::path m_log;
};

void TestOpenAiClient::initTestCase()
{
    QVERIFY(m_folder.isValid());
    m_log = m_folder.filePath(QStringLiteral("log")).toStdString();
    QVERIFY(Log::configure(Log::Level::Debug, m_log).has_value());
}

void TestOpenAiClient::asksAsTheProtocolWants()
{
    StubServer server;
    server.enqueue(StubReply::stream({QStringLiteral("Hel"), QStringLiteral("lo Я")}));
    ChatProfile profile = profileOf(server);
    profile.baseUrl += "/"; // people write it both ways
    profile.key += "\n";    // and paste line ends
    std::vector<std::string> pieces;
    const Result<ChatAnswer> answer =
        ask(profile, [&](std::string_view text) { pieces.emplace_back(text); });
    QCOMPARE(textOf(answer), "Hello Я");
    QCOMPARE(answer->finishReason, "stop");
    QCOMPARE(pieces, (std::vector<std::string>{"Hel", "lo Я"}));

    QCOMPARE(server.requests().size(), 1U);
    const StubRequest request = server.requests().front();
    QCOMPARE(request.method, "POST");
    QCOMPARE(request.path, "/v1/chat/completions");
    QCOMPARE(request.header("authorization"), QByteArray::fromStdString("Bearer " + kKey));
    QCOMPARE(request.header("content-type"), "application/json");
    QCOMPARE(request.header("accept-encoding"), "identity");
    QCOMPARE(request.body,
             R"({"model":"tiny","messages":[{"role":"system","content":"be brief"},)"
             R"({"role":"user","content":"Hi \"you\""}],"temperature":0.0,"max_tokens":4096,)"
             R"("stream":true})");
}

void TestOpenAiClient::leavesOutAnAbsentKey()
{
    StubServer server;
    server.enqueue(StubReply::stream({QStringLiteral("x")}));
    ChatProfile profile = profileOf(server);
    profile.key = " ";
    QCOMPARE(textOf(ask(profile)), "x");
    QVERIFY(server.requests().front().header("authorization").isEmpty());
}

void TestOpenAiClient::bodies_data()
{
    QTest::addColumn<StubReply>("reply");
    StubReply reply = StubReply::stream({QStringLiteral("a"), QStringLiteral("Я🔥")});
    QTest::newRow("stream") << reply;
    QTest::newRow("57 split at every byte") << reply.splitAtEveryByte();
    StubReply noDone = reply;
    noDone.steps.pop_back();
    QTest::newRow("57 no [DONE]") << noDone;
    StubReply hangs = reply;
    hangs.end = StubReply::End::Hang;
    QTest::newRow("[DONE] and the connection stays open") << hangs;
    QTest::newRow("one JSON object")
        << StubReply::body(R"({"choices":[{"message":{"content":"aЯ🔥"}}]})", "application/json");
    StubReply mislabelled = reply;
    mislabelled.headers = {{"Content-Type", "application/json"}};
    QTest::newRow("stream under the wrong label") << mislabelled;
}

void TestOpenAiClient::bodies()
{
    QFETCH(StubReply, reply);
    StubServer server;
    server.enqueue(reply);
    QCOMPARE(textOf(ask(profileOf(server))), "aЯ🔥");
}

void TestOpenAiClient::showsTextWithin100Ms()
{
    QStringList tokens;
    for (int i = 0; i < 20; ++i) {
        tokens.append(QStringLiteral("token%1 ").arg(i));
    }
    StubServer server;
    server.enqueue(StubReply::stream(tokens, 30ms));
    std::vector<Clock::time_point> shown;
    const Result<ChatAnswer> answer =
        ask(profileOf(server), [&](std::string_view) { shown.push_back(Clock::now()); });
    QVERIFY(answer.has_value());
    QCOMPARE(shown.size(), 20U); // one by one, not in heaps
    const std::vector<Clock::time_point> sent = server.writeTimes();
    Clock::duration worst{};
    for (std::size_t i = 0; i < shown.size(); ++i) {
        worst = std::max(worst, shown[i] - sent[i]);
    }
    qInfo("first token after %lld ms, worst of 20 after %lld ms",
          milliseconds(shown.front() - sent.front()), milliseconds(worst));
    QVERIFY(shown.front() - sent.front() < 100ms);
    QVERIFY(worst < 100ms);
}

void TestOpenAiClient::statuses_data()
{
    QTest::addColumn<StubReply>("reply");
    QTest::addColumn<std::string>("words");
    QTest::addColumn<std::string>("remedy");
    const auto json = [](int status, const QByteArray &message) {
        return StubReply::body(R"({"error":{"message":")" + message + R"("}})", "application/json",
                               status);
    };
    QTest::newRow("58 401") << json(401, "no such key") << std::string("401: no such key")
                            << std::string("check the key of this profile");
    QTest::newRow("58, 63 401 that repeats the key")
        << json(401, "wrong: " + QByteArray::fromStdString(kKey)) << std::string("wrong: [key]")
        << std::string("check the key of this profile");
    QTest::newRow("58 404") << json(404, "no model") << std::string("404: no model")
                            << std::string(
                                   "check the address and the model's name in this profile");
    StubReply busy = json(429, "slow down");
    busy.headers.push_back({"Retry-After", "7"});
    QTest::newRow("58 429 with seconds")
        << busy << std::string("retry after 7 s") << std::string("ask again in 7 s");
    busy.headers.back() = {"Retry-After", "Sun, 06 Nov 1994 08:49:37 GMT"};
    QTest::newRow("58 429 with a date")
        << busy << std::string("retry after 0 s") << std::string("ask again in 0 s");
    busy.headers.back() = {"Retry-After", "soon"};
    QTest::newRow("58 429 with nonsense")
        << busy << std::string("429: slow down") << std::string("wait a little and ask again");
    QTest::newRow("58 500 HTML") << StubReply::body("<html><title>Broken</title>", "text/html", 500)
                                 << std::string("500: an HTML page: Broken") << std::string();
    QTest::newRow("58 503 empty") << StubReply::body("", "text/plain", 503) << std::string("503")
                                  << std::string("wait a little and ask again");
    QTest::newRow("58 HTML with 200")
        << StubReply::body("<html><title>Sign in</title>", "text/html") << std::string("Sign in")
        << std::string();
    StubReply midStream = StubReply::stream({QStringLiteral("a")});
    midStream.steps.back().bytes = "data: {\"error\":{\"message\":\"overloaded\"}}\n\n";
    QTest::newRow("57 error mid-stream") << midStream << std::string("overloaded") << std::string();
}

void TestOpenAiClient::statuses()
{
    QFETCH(StubReply, reply);
    QFETCH(std::string, words);
    QFETCH(std::string, remedy);
    StubServer server;
    server.enqueue(reply);
    const Result<ChatAnswer> answer = ask(profileOf(server));
    QVERIFY(!answer);
    QVERIFY2(answer.error().detail.find(words) != std::string::npos, answer.error().detail.c_str());
    QCOMPARE(answer.error().remedy, remedy);
    QCOMPARE(answer.error().subject, "stub");
    QVERIFY(!holdsKey(answer.error()));
}

void TestOpenAiClient::brokenConnections_data()
{
    QTest::addColumn<StubReply>("reply");
    for (const auto &[name, end] :
         {std::pair("closed", StubReply::End::Close), std::pair("reset", StubReply::End::Reset)}) {
        StubReply reply = StubReply::stream({QStringLiteral("a"), QStringLiteral("b")}, 20ms);
        reply.steps.pop_back();
        reply.end = end;
        QTest::addRow("59 %s after tokens", name) << reply;
        reply.steps.clear();
        QTest::addRow("59 %s after the head", name) << reply;
    }
}

void TestOpenAiClient::brokenConnections()
{
    QFETCH(StubReply, reply);
    StubServer server;
    server.enqueue(reply);
    const Result<ChatAnswer> answer = ask(profileOf(server));
    QVERIFY(!answer);
    QCOMPARE(answer.error().code, Errc::Network);
    QVERIFY(!answer.error().detail.empty());
}

void TestOpenAiClient::silence_data()
{
    QTest::addColumn<StubReply>("reply");
    StubReply reply = StubReply::stream({QStringLiteral("a")});
    reply.steps.pop_back();
    reply.end = StubReply::End::Hang;
    QTest::newRow("59 after the first token") << reply;
    reply.steps.clear();
    QTest::newRow("59 after the head") << reply;
    reply.answersAtAll = false;
    QTest::newRow("59 no answer at all") << reply;
}

void TestOpenAiClient::silence()
{
    QFETCH(StubReply, reply);
    StubServer server;
    server.enqueue(reply);
    ChatProfile profile = profileOf(server);
    profile.stallTimeout = 1s;
    const Clock::time_point start = Clock::now();
    const Result<ChatAnswer> answer = ask(profile);
    QVERIFY(!answer);
    QCOMPARE(answer.error().code, Errc::Timeout);
    QVERIFY(Clock::now() - start >= 990ms);
    QVERIFY(Clock::now() - start < 3s);
}

void TestOpenAiClient::oneByteASecondIsNotAStall()
{
    StubServer server;
    StubReply reply = StubReply::stream({QStringLiteral("a")}).splitAtEveryByte();
    reply.steps[3].delay = 700ms; // with the next one longer than the time limit
    reply.steps[4].delay = 700ms;
    server.enqueue(reply);
    ChatProfile profile = profileOf(server);
    profile.stallTimeout = 1s;
    QCOMPARE(textOf(ask(profile)), "a");
}

void TestOpenAiClient::slowReaderIsNotAStall()
{
    StubServer server;
    server.enqueue(StubReply::stream({QStringLiteral("a"), QStringLiteral("b")}, 50ms));
    ChatProfile profile = profileOf(server);
    profile.stallTimeout = 1s;
    QCOMPARE(textOf(ask(profile, [](std::string_view) { std::this_thread::sleep_for(1200ms); })),
             "ab");
}

void TestOpenAiClient::cancelsWithin100Ms_data()
{
    QTest::addColumn<StubReply>("reply");
    QTest::addColumn<int>("afterMs");
    StubReply silent;
    silent.answersAtAll = false;
    const StubReply stream = StubReply::stream(QStringList(200, QStringLiteral("x")), 10ms);
    QTest::newRow("59 before it starts") << stream << -1;
    QTest::newRow("59 at once") << stream << 0;
    QTest::newRow("59 while connecting") << stream << 3;
    QTest::newRow("59 between tokens") << stream << 333;
    QTest::newRow("59 while nothing comes") << silent << 200;
    StubReply hangs = stream;
    hangs.steps.resize(3);
    hangs.end = StubReply::End::Hang;
    QTest::newRow("59 stalled after tokens") << hangs << 200;
}

void TestOpenAiClient::cancelsWithin100Ms()
{
    QFETCH(StubReply, reply);
    QFETCH(int, afterMs);
    StubServer server;
    server.enqueue(reply);
    std::stop_source stop;
    Clock::time_point asked = Clock::now();
    std::jthread canceller;
    if (afterMs < 0) {
        stop.request_stop();
    } else {
        canceller = std::jthread([&] {
            std::this_thread::sleep_for(std::chrono::milliseconds(afterMs));
            asked = Clock::now();
            stop.request_stop();
        });
    }
    const Result<ChatAnswer> answer = ask(profileOf(server), {}, stop.get_token());
    const Clock::time_point ended = Clock::now();
    if (canceller.joinable()) {
        canceller.join();
    }
    QVERIFY(!answer);
    QCOMPARE(answer.error().code, Errc::Cancelled);
    qInfo("cancelled after %lld ms", milliseconds(ended - asked));
    QVERIFY(ended - asked < 100ms);
}

void TestOpenAiClient::followsARedirectOnTheSameServer()
{
    StubServer server;
    server.enqueue(StubReply::redirect("/v2/chat/completions"));
    server.enqueue(StubReply::stream({QStringLiteral("x")}));
    QCOMPARE(textOf(ask(profileOf(server))), "x");
    QCOMPARE(server.requests().size(), 2U);
    QCOMPARE(server.requests()[1].path, "/v2/chat/completions");
    QCOMPARE(server.requests()[1].method, "POST");
    QCOMPARE(server.requests()[1].body, server.requests()[0].body);
}

void TestOpenAiClient::refusesRedirects_data()
{
    QTest::addColumn<QByteArray>("location");
    QTest::newRow("61 other host") << QByteArray("http://localhost:%1/v1/chat/completions");
    QTest::newRow("61 other port") << QByteArray("http://127.0.0.1:%2/v1/chat/completions");
    QTest::newRow("61 other scheme") << QByteArray("https://127.0.0.1:%1/v1/chat/completions");
    QTest::newRow("61 host without scheme") << QByteArray("//localhost:%1/");
    QTest::newRow("61 a file") << QByteArray("file:///etc/passwd");
    QTest::newRow("61 the host as a user") << QByteArray("http://127.0.0.1:%1@localhost:%2/");
}

void TestOpenAiClient::refusesRedirects()
{
    QFETCH(QByteArray, location);
    StubServer other;
    other.enqueue(StubReply::stream({QStringLiteral("stolen")}));
    StubServer server;
    location.replace("%1", QByteArray::number(server.port()));
    location.replace("%2", QByteArray::number(other.port()));
    server.enqueue(StubReply::redirect(location));
    server.enqueue(StubReply::stream({QStringLiteral("reached")}));
    const Result<ChatAnswer> answer = ask(profileOf(server));
    QVERIFY(!answer);
    QCOMPARE(answer.error().code, Errc::Refused);
    QCOMPARE(server.requests().size(), 1U);
    QVERIFY(other.requests().empty());
}

void TestOpenAiClient::redirectCircleEnds()
{
    StubServer server;
    server.enqueue(StubReply::redirect("/v1/chat/completions"));
    const Result<ChatAnswer> answer = ask(profileOf(server));
    QVERIFY(!answer);
    QCOMPARE(answer.error().code, Errc::Network);
    QCOMPARE(server.requests().size(), 6U);
}

void TestOpenAiClient::refusesCompressedAnswers()
{
    StubServer server; // robustness 60: a megabyte of zeros would be a kilobyte on the way
    StubReply reply = StubReply::body(qCompress(QByteArray(1 << 20, '\0')), "text/event-stream");
    reply.headers.push_back({"Content-Encoding", "gzip"});
    server.enqueue(reply);
    const Result<ChatAnswer> answer = ask(profileOf(server));
    QVERIFY(!answer);
    QCOMPARE(answer.error().code, Errc::InvalidInput);
    QVERIFY(answer.error().detail.find("compressed") != std::string::npos);
}

void TestOpenAiClient::boundsEndlessAnswers()
{
    StubServer server;
    StubReply reply;
    for (int i = 0; i < 20; ++i) {
        reply.steps.push_back({tokenEvent(QString(1 << 20, QLatin1Char('x'))), {}});
    }
    reply.end = StubReply::End::Hang;
    server.enqueue(reply);
    const Result<ChatAnswer> answer = ask(profileOf(server));
    QVERIFY(!answer);
    QCOMPARE(answer.error().code, Errc::TooLarge);
}

void TestOpenAiClient::boundsEndlessErrorPages()
{
    StubServer server;
    StubReply reply = StubReply::body(QByteArray(4 << 20, 'x'), "text/plain", 500);
    reply.end = StubReply::End::Hang;
    server.enqueue(reply);
    const Result<ChatAnswer> answer = ask(profileOf(server));
    QVERIFY(!answer);
    QCOMPARE(answer.error().code, Errc::Network);
    QVERIFY(answer.error().detail.size() < 1000);
}

void TestOpenAiClient::refusesBadAddressesAndKeys_data()
{
    QTest::addColumn<std::string>("address");
    QTest::addColumn<std::string>("key");
    QTest::newRow("empty") << std::string() << kKey;
    QTest::newRow("no scheme") << std::string("127.0.0.1:8080/v1") << kKey;
    QTest::newRow("a file") << std::string("file:///etc/passwd") << kKey;
    QTest::newRow("no host") << std::string("http:///v1") << kKey;
    QTest::newRow("63 a password inside") << std::string("http://me:secret@127.0.0.1/v1") << kKey;
    QTest::newRow("63 a key with a header inside")
        << std::string("http://127.0.0.1:9/v1") << std::string("secret\r\nX-Evil: 1");
    QTest::newRow("63 a key that is no ASCII")
        << std::string("http://127.0.0.1:9/v1") << std::string("secretЯ");
}

void TestOpenAiClient::refusesBadAddressesAndKeys()
{
    QFETCH(std::string, address);
    QFETCH(std::string, key);
    ChatProfile profile;
    profile.baseUrl = address;
    profile.key = key;
    const Result<ChatAnswer> answer = ask(profile);
    QVERIFY(!answer);
    QCOMPARE(answer.error().code, Errc::InvalidArgument);
    QVERIFY(!holdsKey(answer.error()));
}

void TestOpenAiClient::nobodyListens()
{
    ChatProfile profile;
    {
        const StubServer server;
        profile = profileOf(server);
    }
    const Result<ChatAnswer> answer = ask(profile);
    QVERIFY(!answer);
    QCOMPARE(answer.error().code, Errc::Network);
    QVERIFY(!answer.error().detail.empty());
}

void TestOpenAiClient::refusesBadCertificates()
{
    const auto own = makeCertificate(m_folder);
    if (!own) {
        QSKIP("openssl is not here to make a certificate");
    }
    StubServer server(own->tls); // robustness 62
    server.enqueue(StubReply::stream({QStringLiteral("stolen")}));
    const Result<ChatAnswer> answer = ask(profileOf(server));
    QVERIFY(!answer);
    QCOMPARE(answer.error().code, Errc::Network);
    QVERIFY2(answer.error().detail.find("certificate") != std::string::npos,
             answer.error().detail.c_str());
    QVERIFY(server.requests().empty()); // neither key nor code left this machine
}

void TestOpenAiClient::keyIsNotLogged()
{
    QVERIFY(Log::configure(Log::Level::Debug, {}).has_value()); // closes and flushes the file
    const Result<std::string> log = readFile(m_log);
    QVERIFY(log.has_value());
    QVERIFY(log->find("asking 127.0.0.1") != std::string::npos);
    QVERIFY(log->find("secret") == std::string::npos);
}

QTEST_GUILESS_MAIN(TestOpenAiClient)
#include "tst_openaiclient.moc"
