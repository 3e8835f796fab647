#include <QTemporaryDir>
#include <QTest>

#include "base/files.h"
#include "pipeline/projectfile.h"

using namespace TorchLift;

/// The project file: what it may say, and what is said of one that is wrong.
class TestProjectFile : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyFieldIsRead();
    void folderWithoutOne();
    void faults_data();
    void faults();

private:
    [[nodiscard]] std::filesystem::path write(const std::string &text) const;

    QTemporaryDir m_folder;
};

std::filesystem::path TestProjectFile::write(const std::string &text) const
{
    const auto file = std::filesystem::path(m_folder.path().toStdString()) / kProjectFile;
    return writeFileAtomically(file, text) ? file : std::filesystem::path();
}

void TestProjectFile::everyFieldIsRead()
{
    const auto file = write("schema: 1\nrun: pytest -q tests\ndata: [data/mnist, /srv/data]\n"
                            "packages: [vendor]\nfrom: 1.0.0\nto: 2.6.0\ntimeout: 90\n"
                            "cuda-as-cpu: true\n");
    const auto settings = projectSettingsOf(file.parent_path());
    QVERIFY2(settings, settings ? "" : settings.error().detail.c_str());
    QCOMPARE(*settings->run, std::string("pytest -q tests"));
    QVERIFY(
        (settings->data
         == std::vector<std::filesystem::path>{file.parent_path() / "data/mnist", "/srv/data"}));
    QVERIFY(
        (settings->packages == std::vector<std::filesystem::path>{file.parent_path() / "vendor"}));
    QVERIFY(settings->from == Version({1, 0, 0}));
    QVERIFY(settings->to == Version({2, 6, 0}));
    QCOMPARE(*settings->timeoutSeconds, 90);
    QVERIFY(*settings->isCudaOnCpu);
}

void TestProjectFile::folderWithoutOne()
{
    const QTemporaryDir empty;
    const auto settings = projectSettingsOf(empty.path().toStdString());
    QVERIFY(settings);
    QVERIFY(!settings->run && settings->data.empty() && !settings->timeoutSeconds);
}

void TestProjectFile::faults_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("detail");
    QTest::addRow("unknown field") << QByteArray("schema: 1\ncommand: x\n")
                                   << QByteArray("torchlift-project.yaml:2: the project file: "
                                                 "unknown field 'command'");
    QTest::addRow("no schema") << QByteArray("run: x\n") << QByteArray("'schema' is missing");
    QTest::addRow("newer") << QByteArray("schema: 2\n") << QByteArray("schema 2 is not known");
    QTest::addRow("no list") << QByteArray("schema: 1\ndata: {a: b}\n")
                             << QByteArray(":2: the project file: 'data' must be a list");
    QTest::addRow("version") << QByteArray("schema: 1\nfrom: old\n")
                             << QByteArray("'old' is not a");
    QTest::addRow("timeout") << QByteArray("schema: 1\ntimeout: 0\n") << QByteArray("86400");
    QTest::addRow("flag") << QByteArray("schema: 1\ncuda-as-cpu: perhaps\n")
                          << QByteArray("may not be 'perhaps'");
    QTest::addRow("no mapping") << QByteArray("- run\n") << QByteArray("run: pytest");
    QTest::addRow("empty") << QByteArray("") << QByteArray("run: pytest");
    QTest::addRow("no YAML") << QByteArray("run: [\n") << QByteArray("torchlift-project.yaml:");
}

void TestProjectFile::faults()
{
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, detail);
    const auto settings = readProjectFile(write(text.toStdString()));
    QVERIFY(!settings);
    QVERIFY2(settings.error().detail.find(detail.toStdString()) != std::string::npos,
             settings.error().detail.c_str());
}

QTEST_GUILESS_MAIN(TestProjectFile)
#include "tst_projectfile.moc"
