#include "base/files.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

using namespace TorchLift;
using Path = std::filesystem::path;

class TestFiles : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void readsWhatWasWritten_data();
    void readsWhatWasWritten();
    void refusesToRead_data();
    void refusesToRead();
    void readsUpToTheLimit();
    void keepsTheMode();
    void givesNewFilesTheUmask();
    void followsLinks();
    void refusesALoopOfLinks();
    void refusesToReplace_data();
    void refusesToReplace();
    void writesTheLongestName();
    void readOnlyFolder();
    void fullDisk();
    void tooLargeForTheProcess();
    void sha256_data();
    void sha256();
    void sha256OfFile();

private:
    [[nodiscard]] Path at(const char *name) const
    {
        return Path(m_folder->path().toStdString()) / name;
    }
    [[nodiscard]] QStringList leftBehind() const
    {
        return QDir(m_folder->path())
            .entryList({".*"}, QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot);
    }
    void put(const char *name, const std::string &bytes) const
    {
        QVERIFY(writeFileAtomically(at(name), bytes).has_value());
    }

    std::unique_ptr<QTemporaryDir> m_folder;
};

namespace {

mode_t modeOf(const Path &path)
{
    struct stat info
    {
    };
    return ::stat(path.c_str(), &info) == 0 ? info.st_mode & 07777U : 0;
}

} // namespace

void TestFiles::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    QVERIFY(m_folder->isValid());
}

void TestFiles::cleanup()
{
    QCOMPARE(leftBehind(), QStringList());
}

void TestFiles::readsWhatWasWritten_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addRow("empty") << QByteArray();
    QTest::addRow("text") << QByteArray("a = 1\r\n");
    QTest::addRow("binary") << QByteArray("\0\xFF\n\0", 4);
    QTest::addRow("larger than the buffer") << QByteArray(200'001, 'x');
}

void TestFiles::readsWhatWasWritten()
{
    QFETCH(QByteArray, bytes);
    put("a.py", "what was there before");
    put("a.py", bytes.toStdString());
    QCOMPARE(QByteArray::fromStdString(readFile(at("a.py")).value()), bytes);
}

void TestFiles::refusesToRead_data()
{
    QTest::addColumn<QString>("path");
    QTest::addColumn<Errc>("code");
    QTest::addRow("missing") << "missing.py" << Errc::NotFound;
    QTest::addRow("below a file") << "file.py/a.py" << Errc::NotFound;
    QTest::addRow("dangling link") << "dangling.py" << Errc::NotFound;
    QTest::addRow("link to itself") << "loop.py" << Errc::Unreadable;
    QTest::addRow("folder") << "folder" << Errc::Unreadable;
    QTest::addRow("pipe without a writer") << "pipe" << Errc::Unreadable;
    QTest::addRow("socket") << "socket" << Errc::Unreadable;
    QTest::addRow("device") << "/dev/zero" << Errc::Unreadable;
    QTest::addRow("name too long") << QString(300, u'x') << Errc::Unreadable;
    QTest::addRow("no permission") << "secret.py" << Errc::Unreadable;
    QTest::addRow("too large") << "large.py" << Errc::TooLarge;
    QTest::addRow("no size told, too large") << "/proc/self/maps" << Errc::TooLarge;
}

void TestFiles::refusesToRead()
{
    QFETCH(QString, path);
    QFETCH(Errc, code);
    if (path == "secret.py" && ::geteuid() == 0) {
        QSKIP("root may read everything");
    }
    put("file.py", "a = 1\n");
    put("secret.py", "a = 1\n");
    put("large.py", std::string(101, 'x'));
    std::filesystem::permissions(at("secret.py"), std::filesystem::perms::none);
    std::filesystem::create_directory(at("folder"));
    std::filesystem::create_symlink("missing.py", at("dangling.py"));
    std::filesystem::create_symlink("loop.py", at("loop.py"));
    QCOMPARE(::mkfifo(at("pipe").c_str(), 0600), 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    at("socket").string().copy(address.sun_path, sizeof(address.sun_path) - 1);
    const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    QCOMPARE(::bind(socket, reinterpret_cast<const sockaddr *>(&address), sizeof(address)), 0);

    const Path full = at(path.toUtf8().constData()); // an absolute path stays what it is
    const auto read = readFile(full, 100);
    const auto hash = sha256HexOfFile(full);
    ::close(socket);
    QVERIFY(!read.has_value());
    QCOMPARE(read.error().code, code);
    QCOMPARE(read.error().subject, full.string());
    QVERIFY(!read.error().detail.empty());
    QCOMPARE(hash.has_value(), code == Errc::TooLarge); // hashing knows no limit
}

void TestFiles::readsUpToTheLimit()
{
    put("a.py", std::string(100, 'x'));
    QVERIFY(readFile(at("a.py"), 100).has_value());
    QCOMPARE(readFile(at("a.py"), 99).error().code, Errc::TooLarge);
}

void TestFiles::keepsTheMode()
{
    put("script.py", "old");
    QCOMPARE(::chmod(at("script.py").c_str(), 0750), 0);
    put("script.py", "new");
    QCOMPARE(modeOf(at("script.py")), mode_t{0750});
}

void TestFiles::givesNewFilesTheUmask()
{
    const mode_t before = ::umask(0077);
    const auto written = writeFileAtomically(at("session.torchlift"), "{}");
    ::umask(before);
    QVERIFY(written.has_value());
    QCOMPARE(modeOf(at("session.torchlift")), mode_t{0600});
}

void TestFiles::followsLinks()
{
    std::filesystem::create_directory(at("real"));
    put("real/a.py", "old");
    std::filesystem::create_symlink("real/a.py", at("link.py"));
    std::filesystem::create_symlink(at("link.py"), at("link2.py"));
    std::filesystem::create_symlink("real/new.py", at("dangling.py"));

    put("link2.py", "new");
    put("dangling.py", "made");
    QVERIFY(std::filesystem::is_symlink(at("link.py")));
    QVERIFY(std::filesystem::is_symlink(at("link2.py")));
    QVERIFY(std::filesystem::is_symlink(at("dangling.py")));
    QCOMPARE(readFile(at("real/a.py")).value(), std::string("new"));
    QCOMPARE(readFile(at("real/new.py")).value(), std::string("made"));
}

void TestFiles::refusesALoopOfLinks()
{
    std::filesystem::create_symlink("b.py", at("a.py"));
    std::filesystem::create_symlink("a.py", at("b.py"));
    QCOMPARE(writeFileAtomically(at("a.py"), "x").error().code, Errc::Io);
    QVERIFY(std::filesystem::is_symlink(at("a.py")));
}

void TestFiles::refusesToReplace_data()
{
    QTest::addColumn<QString>("name");
    QTest::addRow("folder") << "folder";
    QTest::addRow("pipe") << "pipe";
    QTest::addRow("link to a device") << "null";
    QTest::addRow("in a missing folder") << "missing/a.py";
    QTest::addRow("name too long") << QString(300, u'x');
}

void TestFiles::refusesToReplace()
{
    QFETCH(QString, name);
    std::filesystem::create_directory(at("folder"));
    QCOMPARE(::mkfifo(at("pipe").c_str(), 0600), 0);
    std::filesystem::create_symlink("/dev/null", at("null"));
    const Path path = at(name.toUtf8().constData());
    std::error_code ignored;
    const auto before = std::filesystem::symlink_status(path, ignored).type();

    const auto written = writeFileAtomically(path, "x");
    QVERIFY(!written.has_value());
    QCOMPARE(written.error().code, Errc::Io);
    QCOMPARE(written.error().subject, path.string());
    QVERIFY(std::filesystem::symlink_status(path, ignored).type() == before);
}

void TestFiles::writesTheLongestName()
{
    const std::string name(255, 'n');
    QVERIFY(writeFileAtomically(at(name.c_str()), "x").has_value());
}

void TestFiles::readOnlyFolder()
{
    if (::geteuid() == 0) {
        QSKIP("root may write everywhere");
    }
    put("a.py", "old");
    std::filesystem::permissions(at(""), std::filesystem::perms::owner_read
                                             | std::filesystem::perms::owner_exec);
    const auto written = writeFileAtomically(at("a.py"), "new");
    std::filesystem::permissions(at(""), std::filesystem::perms::owner_all);
    QCOMPARE(written.error().code, Errc::Io);
    QCOMPARE(readFile(at("a.py")).value(), std::string("old"));
}

void TestFiles::fullDisk()
{
    std::filesystem::create_directory(at("disk"));
    if (::mount("tmpfs", at("disk").c_str(), "tmpfs", 0, "size=64k") != 0) {
        QSKIP("a small disk can be mounted by root only");
    }
    put("disk/a.py", "old");
    const auto written = writeFileAtomically(at("disk/a.py"), std::string(1'000'000, 'x'));
    const auto kept = readFile(at("disk/a.py"));
    const auto files = QDir(m_folder->path() + "/disk").entryList(QDir::Files | QDir::Hidden);
    ::umount2(at("disk").c_str(), MNT_DETACH);
    QCOMPARE(written.error().code, Errc::Io);
    QCOMPARE(kept.value(), std::string("old"));
    QCOMPARE(files, QStringList{"a.py"});
}

void TestFiles::tooLargeForTheProcess()
{
    put("a.py", "old");
    rlimit before{};
    QCOMPARE(::getrlimit(RLIMIT_FSIZE, &before), 0);
    const rlimit small{1000, before.rlim_max};
    const auto handler = std::signal(SIGXFSZ, SIG_IGN);
    ::setrlimit(RLIMIT_FSIZE, &small);
    const auto written = writeFileAtomically(at("a.py"), std::string(2000, 'x'));
    ::setrlimit(RLIMIT_FSIZE, &before);
    std::signal(SIGXFSZ, handler);
    QCOMPARE(written.error().code, Errc::Io);
    QCOMPARE(readFile(at("a.py")).value(), std::string("old"));
}

void TestFiles::sha256_data()
{
    // The examples of FIPS 180-4 and of NIST's test vectors.
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QByteArray>("expected");
    QTest::addRow("empty") << QByteArray()
                           << QByteArray("e3b0c44298fc1c149afbf4c8996fb924"
                                         "27ae41e4649b934ca495991b7852b855");
    QTest::addRow("one block") << QByteArray("abc")
                               << QByteArray("ba7816bf8f01cfea414140de5dae2223"
                                             "b00361a396177a9cb410ff61f20015ad");
    QTest::addRow("padding takes a block of its own")
        << QByteArray("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")
        << QByteArray("248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    QTest::addRow("two blocks")
        << QByteArray("abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmno"
                      "ijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu")
        << QByteArray("cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1");
    QTest::addRow("a million") << QByteArray(1'000'000, 'a')
                               << QByteArray("cdc76e5c9914fb9281a1c7e284d73e67"
                                             "f1809a48a497200e046d39ccc7112cd0");
}

void TestFiles::sha256()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QByteArray, expected);
    QCOMPARE(QByteArray::fromStdString(sha256Hex(bytes.toStdString())), expected);
}

void TestFiles::sha256OfFile()
{
    const std::string bytes(200'001, 'x'); // more than one read
    put("model.safetensors", bytes);
    QCOMPARE(sha256HexOfFile(at("model.safetensors")).value(), sha256Hex(bytes));
    std::stop_source stop;
    stop.request_stop();
    QCOMPARE(sha256HexOfFile(at("model.safetensors"), stop.get_token()).error().code,
             Errc::Cancelled);
}

QTEST_GUILESS_MAIN(TestFiles)
#include "tst_files.moc"
