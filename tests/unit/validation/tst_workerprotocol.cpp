#include <QTest>

#include <nlohmann/json.hpp>

#include "validation/workerprotocol.h"

using namespace TorchLift;

class TestWorkerProtocol : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void framesArriveInPieces();
    void hugeFramesBreakTheReader();
    void everyJobHasItsOwnNonce();
    void valuesAreExact();
    void linesComeWithTheEnd();
    void badReports_data();
    void badReports();
};

void TestWorkerProtocol::linesComeWithTheEnd()
{
    const auto end = parseEnd(R"({"exit": 3, "executed": [1, 2], "executable": [1, 2, 9, "x"]})");
    QVERIFY(end);
    QCOMPARE(end->exitStatus, 3);
    QCOMPARE(end->executedLines, (std::vector<int>{1, 2}));
    QCOMPARE(end->executableLines, (std::vector<int>{1, 2, 9}));
}

void TestWorkerProtocol::framesArriveInPieces()
{
    RunRequest request;
    request.code = std::string("print(1)\0", 9);
    const std::string bytes = setupFrame({}, {"torch"}, true) + jobFrames(request);
    FrameReader reader;
    std::vector<Frame> frames;
    for (const char byte : bytes) {
        reader.append(std::string_view(&byte, 1));
        while (auto frame = reader.next()) {
            frames.push_back(*frame);
        }
    }
    QCOMPARE(frames.size(), std::size_t{3});
    QCOMPARE(frames[0].kind, 'S');
    QCOMPARE(frames[1].kind, 'J');
    QCOMPARE(frames[2].payload, request.code);
    const auto setup = nlohmann::json::parse(frames[0].payload);
    QCOMPARE(setup["limits"]["NPROC"].get<int>(), RunLimits().processes);
    QCOMPARE(setup["repeats"].get<bool>(), true);
}

void TestWorkerProtocol::hugeFramesBreakTheReader()
{
    FrameReader reader;
    reader.append(std::string("U\xff\xff\xff\xff\xff\xff\xff\x7f", 9));
    QVERIFY(!reader.next());
    QVERIFY(reader.isBroken());
}

void TestWorkerProtocol::everyJobHasItsOwnNonce()
{
    QVERIFY(jobFrames({}) != jobFrames({}));
}

void TestWorkerProtocol::valuesAreExact()
{
    // 1.0, -0.5 and NaN as little-endian doubles in base64.
    const auto run = parseReport(
        R"({"completed": true, "variables": {"x": {"type": "list",
            "comparable": true, "values": "AAAAAAAA8D8AAAAAAADgvwAAAAAAAPh/"}}})");
    QVERIFY(run);
    QCOMPARE(run->outcome, Outcome::Ok);
    const std::vector<double> &values = run->variables.at("x").values;
    QCOMPARE(values.size(), std::size_t{3});
    QCOMPARE(values[0], 1.0);
    QCOMPARE(values[1], -0.5);
    QVERIFY(std::isnan(values[2]));
}

void TestWorkerProtocol::badReports_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<bool>("isReadable");
    QTest::addRow("empty") << QByteArray() << false;
    QTest::addRow("no object") << QByteArray("[1]") << false;
    QTest::addRow("cut off") << QByteArray(R"({"completed": tr)") << false;
    QTest::addRow("other types") << QByteArray(
        R"({"completed": "yes", "executed": {"a": 1}, "warnings": [1, "x"], "variables": [],
            "exit": 1e300, "error": 7})")
                                 << true;
    QTest::addRow("wrong values") << QByteArray(
        R"({"variables": {"x": {"values": "!!", "shape": ["a", 1e9]}, "y": 3}})")
                                  << true;
    QTest::addRow("invalid UTF-8") << QByteArray("{\"error\": {\"message\": \"\xff\"}}") << false;
    QTest::addRow("deep") << QByteArray(100'000, '[') << false;
}

void TestWorkerProtocol::badReports()
{
    QFETCH(QByteArray, json);
    QFETCH(bool, isReadable);
    const auto run = parseReport(json.toStdString());
    QCOMPARE(run.has_value(), isReadable);
    if (run) {
        QVERIFY(run->outcome != Outcome::Ok); // nothing but a plain true is completion
    }
    QVERIFY(!parseEnd(json.toStdString()) || isReadable);
}

QTEST_GUILESS_MAIN(TestWorkerProtocol)
#include "tst_workerprotocol.moc"
