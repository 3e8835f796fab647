#include "source/sourcefolder.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <sys/stat.h>
#include <unistd.h>

#include "base/files.h"

using namespace TorchLift;

class TestSourceFolder : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void listsPythonAndSaysWhatIsLeftOut();
    void noFolder();
    void cancelled();
};

void TestSourceFolder::listsPythonAndSaysWhatIsLeftOut()
{
    const QTemporaryDir folder;
    const QDir root(folder.path());
    for (const char *name : {"pkg/sub", ".git", "env", "__pycache__"}) {
        QVERIFY(root.mkpath(name));
    }
    const auto write = [&](const char *name) {
        QFile file(root.filePath(name));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("x = 1\n");
    };
    for (const char *name : {"b.py", "a.ipynb", "notes.txt", "pkg/sub/c.py", ".git/d.py",
                             "env/pyvenv.cfg", "env/e.py", "__pycache__/f.py", "huge.py"}) {
        write(name);
    }
    QVERIFY(QFile::resize(root.filePath("huge.py"), qint64(kMaxSourceBytes) + 1));
    QCOMPARE(::symlink("..", qPrintable(root.filePath("pkg/loop"))), 0);
    QCOMPARE(::symlink("loop.py", qPrintable(root.filePath("loop.py"))), 0);
    QCOMPARE(::mkfifo(qPrintable(root.filePath("fifo.py")), 0600), 0);

    const auto sources = listSources(folder.path().toStdString());
    QVERIFY(sources);
    QStringList files;
    for (const auto &file : sources->files) {
        files << QString::fromStdString(file.string());
    }
    QCOMPARE(files, QStringList({"a.ipynb", "b.py", "pkg/sub/c.py"}));
    QStringList skipped;
    for (const SkippedPath &path : sources->skipped) {
        QVERIFY(!path.reason.empty());
        skipped << QString::fromStdString(path.path.string());
    }
    QCOMPARE(skipped, QStringList({".git", "__pycache__", "env", "fifo.py", "huge.py", "loop.py"}));
}

void TestSourceFolder::noFolder()
{
    const auto sources = listSources("/no/such/folder");
    QVERIFY(!sources);
    QVERIFY(sources.error().code == Errc::NotFound);
}

void TestSourceFolder::cancelled()
{
    const QTemporaryDir folder;
    QFile file(folder.filePath("a.py"));
    QVERIFY(file.open(QIODevice::WriteOnly));
    std::stop_source stop;
    stop.request_stop();
    const auto sources = listSources(folder.path().toStdString(), stop.get_token());
    QVERIFY(!sources);
    QVERIFY(sources.error().code == Errc::Cancelled);
}

QTEST_GUILESS_MAIN(TestSourceFolder)
#include "tst_sourcefolder.moc"
