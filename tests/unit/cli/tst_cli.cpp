#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>

#include <sys/stat.h>
#include <unistd.h>

#include "support/cliprocess.h"

using namespace TorchLift;

/// The command line as a user meets it: exit statuses, one clear sentence, nothing lost.
class TestCli : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void badInput_data();
    void badInput();
    void unreadableFile();
    void codeThatNeedsNothingComesBackAsItWas_data();
    void codeThatNeedsNothingComesBackAsItWas();
    void inPlaceKeepsTheOldFile();
    void folders();
    void symbols();
    void missingEnvironmentNamesTheRemedy();
    void missingBubblewrapNamesTheRemedy();
    void damagedWeightsStillRetrieve();
    void interruptEndsWith130();
    void tenMegabytes();

private:
    using Outcome = CliOutcome;

    Outcome run(const QStringList &arguments, const QByteArray &input = {},
                const QProcessEnvironment &environment = QProcessEnvironment::systemEnvironment());
    QString write(const QString &name, const QByteArray &bytes);
    [[nodiscard]] static QByteArray readAll(const QString &file);

    std::unique_ptr<QTemporaryDir> m_folder;
};

void TestCli::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    QVERIFY(m_folder->isValid());
}

TestCli::Outcome TestCli::run(const QStringList &arguments, const QByteArray &input,
                              const QProcessEnvironment &environment)
{
    return runCli(QStringLiteral(TORCHLIFT_CLI), arguments,
                  {.environment = environment, .input = input});
}

QString TestCli::write(const QString &name, const QByteArray &bytes)
{
    const QString path = m_folder->filePath(name);
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size()) {
        qFatal("cannot write the test's input");
    }
    return path;
}

QByteArray TestCli::readAll(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray("(missing)");
}

void TestCli::badInput_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("name");
    QTest::addColumn<int>("status");
    QTest::addColumn<QByteArray>("sentence");
    QTest::addRow("empty file") << QByteArray("") << "a.py" << 0 << QByteArray();
    QTest::addRow("binary") << QByteArray("\x7f"
                                          "ELF\0\0\1",
                                          7)
                            << "a.py" << 2 << QByteArray("binary");
    QTest::addRow("UTF-16") << QByteArray("\xff\xfex\0", 4) << "a.py" << 2 << QByteArray("UTF-16");
    QTest::addRow("Latin-1 without a coding line")
        << QByteArray("# caf\xe9\nx = 1\n") << "a.py" << 0 << QByteArray();
    QTest::addRow("Python 2") << QByteArray("print 'x'\n") << "a.py" << 1 << QByteArray("Python 2");
    QTest::addRow("syntax error") << QByteArray("def f(:\n") << "a.py" << 1
                                  << QByteArray("does not parse");
    QTest::addRow("broken notebook")
        << QByteArray("{\"cells\": [") << "a.ipynb" << 2 << QByteArray("notebook");
}

void TestCli::badInput()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QString, name);
    QFETCH(int, status);
    QFETCH(QByteArray, sentence);
    const QString path = write(name, bytes);
    const Outcome outcome = run({"migrate", path});
    QVERIFY2(outcome.status == status, outcome.err.constData());
    QVERIFY2(outcome.err.contains(sentence), outcome.err.constData());
    QCOMPARE(readAll(path), bytes);
    if (status != 2) {
        QCOMPARE(outcome.out, bytes);
    }
}

void TestCli::unreadableFile()
{
    QCOMPARE(run({"migrate", m_folder->filePath("none.py")}).status, 2);
    QCOMPARE(run({"validate", m_folder->path(), m_folder->path()}).status, 2);
    const QString fifo = m_folder->filePath("fifo.py");
    QCOMPARE(::mkfifo(fifo.toLocal8Bit().constData(), 0600), 0);
    QCOMPARE(run({"migrate", fifo}).status, 2);
    if (::geteuid() != 0) {
        const QString closed = write("closed.py", "x = 1\n");
        QFile::setPermissions(closed, {});
        QCOMPARE(run({"migrate", closed}).status, 2);
    }
    QCOMPARE(run({"migrate"}).status, 2);
    QCOMPARE(run({"migrate", "-", "--to", "two"}, "x = 1\n").status, 2);
    QCOMPARE(run({"no-such-command"}).status, 2);
}

void TestCli::codeThatNeedsNothingComesBackAsItWas_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addRow("CRLF and BOM") << QByteArray("\xef\xbb\xbfimport torch\r\nx = 1\r\n");
    QTest::addRow("declared Latin-1") << QByteArray("# -*- coding: latin-1 -*-\nx = '\xe9'\n");
    QTest::addRow("tabs, no final newline") << QByteArray("if 1:\n\tx = 1");
    QTest::addRow("modern torch") << QByteArray(
        "import torch\nx = torch.linalg.solve(torch.eye(2), torch.ones(2, 1))\n");
}

void TestCli::codeThatNeedsNothingComesBackAsItWas()
{
    QFETCH(QByteArray, bytes);
    const Outcome fromFile = run({"migrate", write("a.py", bytes)});
    QCOMPARE(fromFile.status, 0);
    QCOMPARE(fromFile.out, bytes);
    QCOMPARE(run({"migrate", "-"}, bytes).out, bytes);
}

void TestCli::inPlaceKeepsTheOldFile()
{
    const QByteArray old = "import torch\nx = torch.gesv(torch.ones(2, 1), torch.eye(2))[0]\n";
    const QString path = write("a.py", old);
    const Outcome first = run({"migrate", path, "--in-place", "--accept", "review"});
    QVERIFY2(first.status == 0, first.err.constData());
    QVERIFY(readAll(path) != old);
    QCOMPARE(readAll(path + ".orig"), old);
    // A second migration must not overwrite the copy of the first.
    write("a.py", old);
    const Outcome second = run({"migrate", path, "--in-place", "--accept", "review"});
    QCOMPARE(second.status, 3);
    QCOMPARE(readAll(path), old);
}

void TestCli::folders()
{
    QVERIFY(QDir(m_folder->path()).mkpath("pkg/sub"));
    const QByteArray old = "import torch\nx = torch.gesv(b, A)[0]\n";
    const QByteArray fine = "x = 1\r\n";
    const QString first = write("pkg/sub/a.py", old);
    write("pkg/b.py", fine);
    write("pkg/binary.py", QByteArray("\0\1", 2));
    const QString package = m_folder->filePath("pkg");

    const Outcome looked = run({"migrate", package});
    QVERIFY2(looked.out.contains("sub/a.py"), looked.out.constData());
    QVERIFY2(looked.out.contains("left out: binary.py: "), looked.out.constData());
    QCOMPARE(looked.status, 1); // a file could not be read
    QCOMPARE(readAll(first), old);

    const QString out = m_folder->filePath("out");
    QCOMPARE(run({"migrate", package, "--out", out}).status, 1);
    QVERIFY(readAll(out + "/sub/a.py").contains("torch.linalg.solve(A, b)"));
    QCOMPARE(readAll(out + "/b.py"), fine);
    QCOMPARE(run({"migrate", package, "--out", package + "/new"}).status, 2);
    QCOMPARE(run({"migrate", package, "--validate"}).status, 2);

    QVERIFY(QFile::remove(package + "/binary.py"));
    const Outcome done = run({"migrate", package, "--in-place", "--accept", "review"});
    QVERIFY2(done.status == 0, done.out.constData());
    QVERIFY(readAll(first).contains("torch.linalg.solve(A, b)"));
    QCOMPARE(readAll(first + ".orig"), old);
    QVERIFY(!QFile::exists(package + "/b.py.orig"));
}

void TestCli::symbols()
{
    const Outcome gone = run({"symbol", "torch.gesv"});
    QCOMPARE(gone.status, 0);
    QVERIFY2(gone.out.contains("gone in 1.2"), gone.out.constData());
    const Outcome unknown = run({"symbol", "torch.linspac"});
    QCOMPARE(unknown.status, 2);
    QVERIFY2(unknown.out.contains("torch.linspace"), unknown.out.constData());
}

void TestCli::missingEnvironmentNamesTheRemedy()
{
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert("TORCHLIFT_HOME", m_folder->path());
    const QString path = write("a.py", "x = 1\n");
    const Outcome outcome = run({"validate", path, path}, {}, environment);
    QCOMPARE(outcome.status, 3);
    QVERIFY2(outcome.err.contains("installer/setup.sh"), outcome.err.constData());
    QCOMPARE(run({"environments", "list"}, {}, environment).status, 3);
}

void TestCli::missingBubblewrapNamesTheRemedy()
{
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert("PATH", m_folder->path());
    const QString path = write("a.py", "x = 1\n");
    const Outcome outcome = run({"validate", path, path}, {}, environment);
    QCOMPARE(outcome.status, 3);
    QVERIFY2(outcome.err.contains("bubblewrap") || outcome.err.contains("installer/setup.sh"),
             outcome.err.constData());
}

void TestCli::damagedWeightsStillRetrieve()
{
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert("TORCHLIFT_HOME", m_folder->path());
    QVERIFY(QDir(m_folder->path()).mkpath("data/models/all-MiniLM-L6-v2"));
    write("data/models/all-MiniLM-L6-v2/model.safetensors", "not weights");
    const Outcome outcome = run({"retrieve", "--query", "gesv"}, {}, environment);
    QVERIFY2(outcome.status == 0, outcome.err.constData());
    QVERIFY2(outcome.out.contains("without the embedding model"), outcome.out.constData());
    QVERIFY2(outcome.out.contains("gesv"), outcome.out.constData());
}

void TestCli::interruptEndsWith130()
{
    const QString path = write("a.py", "while True:\n    pass\n");
    QProcess process;
    process.start(QStringLiteral(TORCHLIFT_CLI), {"validate", path, path});
    QVERIFY(process.waitForStarted());
    if (process.waitForFinished(3000)) {
        QSKIP("the environments or the sandbox are not installed here");
    }
    ::kill(static_cast<pid_t>(process.processId()), SIGINT);
    QVERIFY(process.waitForFinished(5000));
    QCOMPARE(process.exitCode(), 130);
}

void TestCli::tenMegabytes()
{
    QByteArray code = "import torch\n";
    while (code.size() < 10 * 1024 * 1024) {
        code += "x = torch.ones(3)  # filler that needs no change at all\n";
    }
    const Outcome outcome = run({"migrate", write("big.py", code)});
    // Either it is done, unchanged, or it is refused with a sentence; never a hang or a crash.
    QVERIFY2(outcome.status == 0 || outcome.status == 2, outcome.err.constData());
    if (outcome.status == 0) {
        QCOMPARE(outcome.out, code);
    } else {
        QVERIFY(!outcome.err.isEmpty());
    }
}

QTEST_GUILESS_MAIN(TestCli)
#include "tst_cli.moc"
