#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QTest>

#include "support/cliprocess.h"
#include "support/schemacheck.h"
#include "support/stubserver.h"

using namespace TorchLift;

namespace {

constexpr const char *kQuestion = "What replaced torch.gesv?";

} // namespace

Q_DECLARE_METATYPE(TorchLift::StubReply)

/// `ask` beside a model's server on loopback; the home has no embedding model, words are enough.
class TestCliAsk : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void answersWithCitations();
    void reportsJson();
    void tellsWhatIsInvented();
    void leavesReasoningOut();
    void controlCharactersDoNothing();
    void answersInRussian();
    void withoutModelShowsChunks();
    void unreachableModelShowsChunks_data();
    void unreachableModelShowsChunks();
    void badUse_data();
    void badUse();

private:
    [[nodiscard]] CliOutcome run(const QStringList &arguments) const;
    [[nodiscard]] CliOutcome ask(const QStringList &more) const;
    void answer(const QStringList &tokens) { m_server->enqueue(StubReply::stream(tokens)); }
    [[nodiscard]] static QJsonObject parsed(const CliOutcome &done);

    QTemporaryDir m_home; // shared: the corpus is made once
    std::unique_ptr<StubServer> m_server = std::make_unique<StubServer>();
};

CliOutcome TestCliAsk::run(const QStringList &arguments) const
{
    CliSurroundings surroundings;
    surroundings.environment.insert("TORCHLIFT_HOME", m_home.path());
    return runCli(QStringLiteral(TORCHLIFT_CLI), arguments, surroundings);
}

CliOutcome TestCliAsk::ask(const QStringList &more) const
{
    return run(QStringList{"ask", kQuestion, "--base-url", m_server->address(), "--model", "any"}
               + more);
}

QJsonObject TestCliAsk::parsed(const CliOutcome &done)
{
    const std::string fault =
        schemaFault(std::string(TORCHLIFT_SOURCE_DIR) + "/resources/schemas/answer.schema.json",
                    done.out.toStdString());
    if (!fault.empty()) {
        qWarning("%s", fault.c_str());
        return {};
    }
    return QJsonDocument::fromJson(done.out).object();
}

void TestCliAsk::init()
{
    m_server = std::make_unique<StubServer>();
}

void TestCliAsk::answersWithCitations()
{
    answer({"torch.linalg.solve", " replaced it ", "[1]."});
    const CliOutcome done = ask({});
    QVERIFY2(done.status == 0, done.err.constData());
    QVERIFY(done.out.startsWith("torch.linalg.solve replaced it [1].\n\n[1] v"));
    QVERIFY(done.out.contains("torch.gesv"));
    QVERIFY(!done.out.contains("Warning"));
    const auto requests = m_server->requests();
    QCOMPARE(requests.size(), std::size_t(1));
    QCOMPARE(requests[0].path, QByteArray("/v1/chat/completions"));
    const QByteArray body = requests[0].body;
    QVERIFY(body.contains(kQuestion) && body.contains("[1] ") && body.contains("[6] "));
    QVERIFY(body.contains("English"));
}

void TestCliAsk::reportsJson()
{
    answer({"torch.linalg.solve [2][1]"});
    const QJsonObject json = parsed(ask({"--k", "3", "--json"}));
    QCOMPARE(json["hasAnswer"].toBool(), true);
    QCOMPARE(json["answer"].toString(), QString("torch.linalg.solve [2][1]"));
    QCOMPARE(json["chunks"].toArray().size(), 3);
    QCOMPARE(json["citations"].toArray().size(), 2);
    const QJsonObject first = json["citations"][0].toObject();
    QCOMPARE(first["number"].toInt(), 2);
    QCOMPARE(first["key"], json["chunks"][1]["chunk"]["key"]);
    QVERIFY(json["invented"].toArray().isEmpty() && json["unknownNames"].toArray().isEmpty());
}

void TestCliAsk::tellsWhatIsInvented()
{
    const QStringList tokens = {"Use torch.linalg.solve_it_all [9], see #99999."};
    answer(tokens);
    const CliOutcome done = ask({});
    QCOMPARE(done.status, 0);
    QVERIFY(done.out.contains("Warning: the answer names no note that it rests on"));
    QVERIFY(done.out.contains("Warning: no note has what it cites: [9], #99999"));
    QVERIFY(done.out.contains("has these names: torch.linalg.solve_it_all"));
    init();
    answer(tokens);
    const QJsonObject json = parsed(ask({"--json", "-"}));
    QCOMPARE(json["invented"].toArray(), (QJsonArray{"[9]", "#99999"}));
    QCOMPARE(json["unknownNames"].toArray(), QJsonArray{"torch.linalg.solve_it_all"});
}

void TestCliAsk::leavesReasoningOut()
{
    answer({"<think>The user wants [5]", "</think>", "It is gone [1]."});
    const QJsonObject json = parsed(ask({"--json"}));
    QCOMPARE(json["answer"].toString(), QString("It is gone [1]."));
    QCOMPARE(json["citations"].toArray().size(), 1);
}

void TestCliAsk::controlCharactersDoNothing()
{
    answer({QString("gone [1] ") + QChar(27) + "[2J" + QChar(7)});
    const CliOutcome done = ask({});
    QVERIFY(done.out.startsWith("gone [1] ?[2J?"));
}

void TestCliAsk::answersInRussian()
{
    answer({QString::fromUtf8("Её заменила torch.linalg.solve [1].")});
    const CliOutcome done = ask({"--lang", "ru"});
    QVERIFY(done.out.contains("Её заменила"));
    QVERIFY(m_server->requests().at(0).body.contains("Russian"));
}

void TestCliAsk::withoutModelShowsChunks()
{
    const CliOutcome done = run({"ask", kQuestion});
    QCOMPARE(done.status, 3);
    QVERIFY(done.out.contains("#1  v") && done.out.contains("torch.gesv"));
    QVERIFY(done.err.contains("--base-url") && done.err.contains("--model"));
    const CliOutcome asJson = run({"ask", kQuestion, "--json"});
    QCOMPARE(asJson.status, 3);
    const QJsonObject json = parsed(asJson);
    QCOMPARE(json["hasAnswer"].toBool(true), false);
    QCOMPARE(json["chunks"].toArray().size(), 6);
}

void TestCliAsk::unreachableModelShowsChunks_data()
{
    QTest::addColumn<StubReply>("reply");
    QTest::addRow("refuses the key") << StubReply::body("{}", "application/json", 401);
    QTest::addRow("is no such service") << StubReply::body("<html>", "text/html", 404);
    StubReply broken = StubReply::stream({"torch.linalg", ".solve"});
    broken.steps.pop_back(); // the end of the answer
    broken.end = StubReply::End::Reset;
    QTest::addRow("breaks off") << broken;
}

void TestCliAsk::unreachableModelShowsChunks()
{
    QFETCH(StubReply, reply);
    m_server->answerWith([reply](const StubRequest &) { return reply; });
    const CliOutcome done = ask({});
    QVERIFY2(done.status == 3, (done.out + done.err).constData());
    QVERIFY(done.out.contains("#1  v") && done.out.contains("torch.gesv"));
    QVERIFY(!done.err.isEmpty());
}

void TestCliAsk::badUse_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addRow("no question") << QStringList{"ask"};
    QTest::addRow("a model without its address") << QStringList{"ask", "x", "--model", "m"};
    QTest::addRow("no such version") << QStringList{"ask", "x", "--to", "new"};
    QTest::addRow("no chunks") << QStringList{"ask", "x", "--k", "0"};
    QTest::addRow("no address") << QStringList{"ask", "x", "--base-url", "ftp://a", "--model", "m"};
}

void TestCliAsk::badUse()
{
    QFETCH(QStringList, arguments);
    const CliOutcome done = run(arguments);
    QCOMPARE(done.status, 2);
    QVERIFY(!done.err.isEmpty());
}

QTEST_GUILESS_MAIN(TestCliAsk)
#include "tst_cliask.moc"
