#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include "settings/paths.h"
#include "support/cliprocess.h"
#include "support/schemacheck.h"

using namespace TorchLift;

/// The commands that stand behind a result, with the real environments: bisect, report,
/// environments, and what is said of packages that are not there.
class TestCliEvidence : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void environmentsFollowTheirSchema();
    void reportsAreConfirmedOrRefuted();
    void bisectFindsNothingWhereNothingBreaks();
    void bisectNamesTheEnvironmentItLacks();
    void bisectWantsAReference();
    void bisectionNarrowsRetrieval();
    void missingPackageIsNoFailedMigration();
    void checkpointsFollowTheirSchema();

private:
    using Outcome = CliOutcome;

    static Outcome run(const QStringList &arguments);
    [[nodiscard]] QString path(const QString &name) const { return m_folder->filePath(name); }
    QString write(const QString &name, const QByteArray &bytes);
    static QByteArray readAll(const QString &path);
    static std::string fault(const char *schema, const QByteArray &json)
    {
        return schemaFault(std::string(TORCHLIFT_SOURCE_DIR "/resources/schemas/") + schema
                               + ".schema.json",
                           json.toStdString());
    }

    std::unique_ptr<QTemporaryDir> m_folder;
};

void TestCliEvidence::initTestCase()
{
    const Paths paths = Paths::standard();
    for (const char *name : {"torch-1.0.0", "torch-2.7.0"}) {
        if (!std::filesystem::exists(paths.environments() / name)) {
            QSKIP("an environment is missing");
        }
    }
}

void TestCliEvidence::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    QVERIFY(m_folder->isValid());
}

TestCliEvidence::Outcome TestCliEvidence::run(const QStringList &arguments)
{
    return runCli(QStringLiteral(TORCHLIFT_CLI), arguments, {.seconds = 200});
}

QString TestCliEvidence::write(const QString &name, const QByteArray &bytes)
{
    QFile file(path(name));
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size()) {
        qFatal("cannot write the test's input");
    }
    return path(name);
}

QByteArray TestCliEvidence::readAll(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray("(missing)");
}

void TestCliEvidence::environmentsFollowTheirSchema()
{
    const Outcome listed =
        run({QStringLiteral("environments"), QStringLiteral("list"), QStringLiteral("--json")});
    QCOMPARE(listed.status, 0);
    QCOMPARE(fault("environments", listed.out), std::string());
    const auto all = QJsonDocument::fromJson(listed.out)[QStringLiteral("environments")].toArray();
    QVERIFY(all.size() >= 2);
    QCOMPARE(all.first()[QStringLiteral("isUsable")].toBool(), true);
}

void TestCliEvidence::reportsAreConfirmedOrRefuted()
{
    const QString old = write(QStringLiteral("old.py"),
                              "import torch\nA = torch.tensor([[3., 1.], [1., 2.]])\n"
                              "x, lu = torch.gesv(torch.tensor([[9.], [8.]]), A)\nprint(x)\n");
    const QString session = path(QStringLiteral("s.torchlift"));
    const Outcome migrated =
        run({QStringLiteral("migrate"), old, QStringLiteral("--validate"), QStringLiteral("--out"),
             path(QStringLiteral("new.py")), QStringLiteral("--session"), session});
    QVERIFY2(migrated.status == 0, migrated.err.constData());
    const QString reported = path(QStringLiteral("report.json"));
    const Outcome written =
        run({QStringLiteral("report"), session, QStringLiteral("--json"), reported});
    QVERIFY2(written.status == 0, written.err.constData());
    QCOMPARE(fault("signoff", readAll(reported)), std::string());

    const Outcome confirmed = run({QStringLiteral("report"), QStringLiteral("--check"), reported});
    QVERIFY2(confirmed.status == 0, (confirmed.out + confirmed.err).constData());
    QVERIFY(confirmed.out.startsWith("confirmed"));

    // Another result than the one that comes out when it is run.
    QJsonObject json = QJsonDocument::fromJson(readAll(reported)).object();
    QByteArray text = QJsonDocument(json).toJson();
    QVERIFY(text.contains("tensor([[2.],"));
    write(QStringLiteral("other.json"), text.replace("tensor([[2.],", "tensor([[4.],"));
    const Outcome refuted = run({QStringLiteral("report"), QStringLiteral("--check"),
                                 path(QStringLiteral("other.json")), QStringLiteral("--json")});
    QCOMPARE(refuted.status, 1);
    const QJsonDocument answer = QJsonDocument::fromJson(refuted.out);
    QCOMPARE(answer[QStringLiteral("isConfirmed")].toBool(true), false);
    QVERIFY(!answer[QStringLiteral("refuted")].toArray().isEmpty());
}

void TestCliEvidence::bisectFindsNothingWhereNothingBreaks()
{
    const QString script = write(QStringLiteral("a.py"), "import torch\nprint(torch.ones(2))\n");
    const Outcome found = run({QStringLiteral("bisect"), script, QStringLiteral("--json")});
    QVERIFY2(found.status == 0, found.err.constData());
    QCOMPARE(fault("bisection", found.out), std::string());
    const QJsonDocument json = QJsonDocument::fromJson(found.out);
    QCOMPARE(json[QStringLiteral("firstBad")].toString(QStringLiteral("?")), QString());
    QCOMPARE(json[QStringLiteral("steps")].toArray().size(), 2);
}

void TestCliEvidence::bisectNamesTheEnvironmentItLacks()
{
    if (std::filesystem::exists(Paths::standard().environments() / "torch-1.2.0")) {
        QSKIP("torch 1.2.0 is installed");
    }
    const QString script = QStringLiteral(TORCHLIFT_SOURCE_DIR "/tests/data/bisect/gesv.py");
    const Outcome found = run({QStringLiteral("bisect"), script, QStringLiteral("--no-install")});
    QCOMPARE(found.status, 3);
    QVERIFY2(found.err.contains("environments install 1.2.0"), found.err.constData());
}

void TestCliEvidence::bisectWantsAReference()
{
    const QString script =
        write(QStringLiteral("a.py"), "import torch\nprint(torch.linalg.det(torch.eye(2)))\n");
    const Outcome found = run({QStringLiteral("bisect"), script});
    QCOMPARE(found.status, 2);
    QVERIFY2(found.err.contains("does not work in torch 1.0.0"), found.err.constData());
}

void TestCliEvidence::bisectionNarrowsRetrieval()
{
    const QString script = QStringLiteral(TORCHLIFT_SOURCE_DIR "/tests/data/bisect/gesv.py");
    const QString found = write(QStringLiteral("found.json"),
                                R"({"schema": 1, "symptom": "fails", "lastGood": "1.1.0",
                                    "firstBad": "1.2.0", "steps": [{}, {}, {}, {}]})");
    const Outcome retrieved =
        run({QStringLiteral("retrieve"), script, QStringLiteral("--k"), QStringLiteral("20"),
             QStringLiteral("--bisection"), found, QStringLiteral("--json")});
    QVERIFY2(retrieved.status == 0, retrieved.err.constData());
    const auto ranked = QJsonDocument::fromJson(retrieved.out)[QStringLiteral("ranked")].toArray();
    QVERIFY(!ranked.isEmpty());
    for (const QJsonValue &chunk : ranked) {
        QCOMPARE(chunk[QStringLiteral("chunk")][QStringLiteral("version")].toString(),
                 QStringLiteral("1.2.0"));
    }
    const QString session = path(QStringLiteral("s.torchlift"));
    const Outcome migrated =
        run({QStringLiteral("migrate"), script, QStringLiteral("--bisection"), found,
             QStringLiteral("--session"), session, QStringLiteral("--diff")});
    QVERIFY2(migrated.status >= 0 && migrated.status <= 1, migrated.err.constData());
    QVERIFY(readAll(session).contains("\"firstBad\": \"1.2.0\""));
    write(QStringLiteral("found.json"), "{}");
    QCOMPARE(run({QStringLiteral("retrieve"), script, QStringLiteral("--bisection"), found}).status,
             2);
}

void TestCliEvidence::missingPackageIsNoFailedMigration()
{
    const QString script =
        write(QStringLiteral("a.py"), "import torch\nimport a_package_nobody_has\n");
    const Outcome outcome = run({QStringLiteral("validate"), script, script,
                                 QStringLiteral("--timeout"), QStringLiteral("60")});
    QCOMPARE(outcome.status, 3);
    QVERIFY2(outcome.err.contains("environments add a_package_nobody_has"),
             outcome.err.constData());
}

// What it says of files of all kinds: tests/support/check_checkpoints.py.
void TestCliEvidence::checkpointsFollowTheirSchema()
{
    const auto python = Paths::standard().environments() / "torch-1.0.0/bin/python";
    const QString file = path(QStringLiteral("a.pth"));
    QCOMPARE(QProcess::execute(QString::fromStdString(python.string()),
                               {QStringLiteral("-c"),
                                QStringLiteral("import sys, torch; torch.save({'w': "
                                               "torch.ones(2, 3)}, sys.argv[1])"),
                                file}),
             0);
    const Outcome seen = run({QStringLiteral("checkpoint"), file, QStringLiteral("--json")});
    QVERIFY2(seen.status == 0, seen.err.constData());
    QCOMPARE(fault("checkpoint", seen.out), std::string());
    QCOMPARE(run({QStringLiteral("checkpoint"), path(QStringLiteral("missing.pth"))}).status, 2);
}

QTEST_GUILESS_MAIN(TestCliEvidence)
#include "tst_clievidence.moc"
