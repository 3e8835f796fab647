#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include "support/sourcemutator.h"

/// Damaged sources through the program itself: it ends as design.md says, whatever comes in.
/// (The many are in tst_fuzz.) A twentieth of TORCHLIFT_FUZZ, or 25.
class TestCliFuzz : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void mutatedSources();
};

void TestCliFuzz::mutatedSources()
{
    SourceMutator mutator(SourceMutator::read({TORCHLIFT_SOURCE_DIR "/tests/data/real",
                                               TORCHLIFT_SOURCE_DIR "/resources/demos"}),
                          2);
    const QTemporaryDir folder;
    const QString path = folder.filePath(QStringLiteral("source.py"));
    const QString result = folder.filePath(QStringLiteral("result.py"));
    const int asked = qEnvironmentVariableIntValue("TORCHLIFT_FUZZ") / 20;
    const int count = asked > 0 ? asked : 25;
    int written = 0;
    for (int i = 0; i < count; ++i) {
        const std::string bytes = mutator.next();
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(bytes.data(), static_cast<qint64>(bytes.size()));
        file.close();
        QFile::remove(result);
        QProcess program;
        program.start(QStringLiteral(TORCHLIFT_CLI),
                      {QStringLiteral("migrate"), path, QStringLiteral("--out"), result});
        constexpr int patienceMs = 20'000; // on a busy machine; tst_fuzz measures
        QVERIFY2(program.waitForFinished(patienceMs), qPrintable(QString::number(i)));
        const QByteArray said = QByteArray::number(i) + ": " + program.readAllStandardError();
        QVERIFY2(program.exitStatus() == QProcess::NormalExit, said.constData());
        const int status = program.exitCode();
        QVERIFY2(status == 0 || status == 1 || status == 2, said.constData());
        QVERIFY2(QFile::exists(result) == (status != 2), said.constData());
        written += status != 2 ? 1 : 0;
    }
    qInfo("%d sources, %d results", count, written);
    QVERIFY(written > count / 2);
}

QTEST_GUILESS_MAIN(TestCliFuzz)
#include "tst_clifuzz.moc"
