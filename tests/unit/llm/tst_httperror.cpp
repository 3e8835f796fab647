#include <QtTest>

#include "llm/httperror.h"

using namespace TorchLift;
using namespace std::chrono_literals;

namespace {

// 1994-11-06 08:49:00 UTC
constexpr std::chrono::sys_seconds kNow =
    std::chrono::sys_days(std::chrono::year(1994) / 11 / 6) + 8h + 49min;

} // namespace

/// Robustness 58: Retry-After in every form, statuses.
class TestHttpError : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void retryAfter_data();
    void retryAfter();
    void statuses_data();
    void statuses();
};

void TestHttpError::retryAfter_data()
{
    QTest::addColumn<std::string>("value");
    QTest::addColumn<int>("seconds"); // -1: not understood
    QTest::newRow("seconds") << std::string("20") << 20;
    QTest::newRow("spaces around") << std::string(" 20\t") << 20;
    QTest::newRow("zero") << std::string("0") << 0;
    QTest::newRow("fraction") << std::string("1.5") << 2;
    QTest::newRow("fraction of nothing") << std::string("3.0") << 3;
    QTest::newRow("IMF-fixdate") << std::string("Sun, 06 Nov 1994 08:49:37 GMT") << 37;
    QTest::newRow("RFC 850") << std::string("Sunday, 06-Nov-94 08:49:37 GMT") << 37;
    QTest::newRow("asctime") << std::string("Sun Nov  6 08:49:37 1994") << 37;
    QTest::newRow("tomorrow") << std::string("Mon, 07 Nov 1994 08:49:00 GMT") << 86400;
    QTest::newRow("past") << std::string("Sun, 06 Nov 1994 08:00:00 GMT") << 0;
    QTest::newRow("empty") << std::string() << -1;
    QTest::newRow("negative") << std::string("-5") << -1;
    QTest::newRow("words") << std::string("soon") << -1;
    QTest::newRow("dots") << std::string("1.2.3") << -1;
    QTest::newRow("a lone dot") << std::string(".") << -1;
    QTest::newRow("far too many") << std::string("99999999999999999999") << -1;
    QTest::newRow("no such day") << std::string("Sun, 31 Feb 1994 08:49:37 GMT") << -1;
    QTest::newRow("no such time") << std::string("Sun, 06 Nov 1994 25:49:37 GMT") << -1;
    QTest::newRow("other zone") << std::string("Sun, 06 Nov 1994 08:49:37 EST") << -1;
    QTest::newRow("in years") << std::string("Sun, 06 Nov 2094 08:49:37 GMT") << -1;
}

void TestHttpError::retryAfter()
{
    QFETCH(std::string, value);
    QFETCH(int, seconds);
    const auto parsed = parseRetryAfter(value, kNow);
    QCOMPARE(parsed ? static_cast<int>(parsed->count()) : -1, seconds);
}

void TestHttpError::statuses_data()
{
    QTest::addColumn<int>("status");
    QTest::addColumn<std::string>("body");
    QTest::addColumn<int>("retryAfter"); // -1: none
    QTest::addColumn<std::string>("detail");
    QTest::addColumn<std::string>("remedy");
    QTest::newRow("401") << 401 << std::string("{\"error\":{\"message\":\"bad key\"}}") << -1
                         << std::string("the server answered 401: bad key")
                         << std::string("check the key of this profile");
    QTest::newRow("404") << 404 << std::string("404 page not found") << -1
                         << std::string("the server answered 404: 404 page not found")
                         << std::string("check the address and the model's name in this profile");
    QTest::newRow("429 with a time")
        << 429 << std::string() << 20 << std::string("the server answered 429 (retry after 20 s)")
        << std::string("ask again in 20 s");
    QTest::newRow("429 without") << 429 << std::string() << -1
                                 << std::string("the server answered 429")
                                 << std::string("wait a little and ask again");
    QTest::newRow("500") << 500 << std::string("<html><title>Oops</title>") << -1
                         << std::string("the server answered 500: an HTML page: Oops")
                         << std::string();
    QTest::newRow("503") << 503 << std::string() << 0
                         << std::string("the server answered 503 (retry after 0 s)")
                         << std::string("ask again in 0 s");
}

void TestHttpError::statuses()
{
    QFETCH(int, status);
    QFETCH(std::string, body);
    QFETCH(int, retryAfter);
    QFETCH(std::string, detail);
    QFETCH(std::string, remedy);
    const Error error = errorOfStatus(
        status, body,
        retryAfter < 0 ? std::nullopt : std::optional(std::chrono::seconds(retryAfter)));
    QCOMPARE(error.code, Errc::Network);
    QCOMPARE(error.detail, detail);
    QCOMPARE(error.remedy, remedy);
}

QTEST_GUILESS_MAIN(TestHttpError)
#include "tst_httperror.moc"
