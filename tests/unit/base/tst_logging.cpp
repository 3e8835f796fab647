#include "base/logging.h"

#include "base/files.h"

#include <QDir>
#include <QTemporaryDir>
#include <QTest>

#include <thread>
#include <vector>

using namespace TorchLift;

class TestLogging : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void writesFromTheLevelOn();
    void nothingForgesALine();
    void rotates();
    void goesOnWithoutAFile();
    void takesManyThreads();

private:
    [[nodiscard]] std::filesystem::path file() const
    {
        return std::filesystem::path(m_folder->path().toStdString()) / "logs" / "torchlift.log";
    }
    [[nodiscard]] QList<QByteArray> lines() const
    {
        Log::warning("test", "flush"); // from Warning on each line is written at once
        const QByteArray text = QByteArray::fromStdString(readFile(file()).value_or(""));
        QList<QByteArray> all = text.split('\n');
        all.removeLast(); // behind the last line end
        all.removeLast(); // "flush"
        return all;
    }

    std::unique_ptr<QTemporaryDir> m_folder;
};

void TestLogging::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
}

void TestLogging::cleanup()
{
    QVERIFY(Log::configure(Log::Level::Error, {}).has_value()); // lets go of the file
}

void TestLogging::writesFromTheLevelOn()
{
    QVERIFY(Log::configure(Log::Level::Info, file()).has_value());
    Log::debug("validation", "not this");
    Log::info("validation", "three runs");
    Log::error("llm", "no answer");
    QCOMPARE(lines().size(), 2);
    QVERIFY(lines()[0].contains("validation") && lines()[0].contains("three runs"));
    QVERIFY(lines()[1].contains("llm") && lines()[1].contains("error"));

    QVERIFY(Log::configure(Log::Level::Debug, file()).has_value());
    Log::debug("validation", "this now");
    QVERIFY(lines().last().contains("this now"));
}

void TestLogging::nothingForgesALine()
{
    QVERIFY(Log::configure(Log::Level::Info, file()).has_value());
    Log::info("llm", "a\n[error] forged\r\x1B[2J{} %s\tend");
    QCOMPARE(lines().size(), 1);
    QVERIFY(lines()[0].endsWith("a [error] forged  [2J{} %s\tend"));
}

void TestLogging::rotates()
{
    QVERIFY(Log::configure(Log::Level::Info, file()).has_value());
    const std::string message(64 * 1024, 'x');
    for (int i = 0; i < 300; ++i) { // about 19 MiB
        Log::info("test", message);
    }
    const QFileInfoList files =
        QDir(m_folder->path() + "/logs").entryInfoList({"torchlift*"}, QDir::Files);
    QCOMPARE(files.size(), 3);
    for (const QFileInfo &info : files) {
        QVERIFY(info.size() <= 5 * 1024 * 1024);
    }
}

void TestLogging::goesOnWithoutAFile()
{
    const auto configured = Log::configure(Log::Level::Error, "/proc/nowhere/torchlift.log");
    QVERIFY(!configured.has_value());
    QCOMPARE(configured.error().code, Errc::Io);
    Log::error("test", "this goes to stderr alone");
}

void TestLogging::takesManyThreads()
{
    QVERIFY(Log::configure(Log::Level::Info, file()).has_value());
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([i] {
            for (int n = 0; n < 250; ++n) {
                Log::info("module" + std::to_string(i), "message");
            }
        });
    }
    threads.clear();
    QCOMPARE(lines().size(), 1000);
}

QTEST_GUILESS_MAIN(TestLogging)
#include "tst_logging.moc"
