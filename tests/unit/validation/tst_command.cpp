#include <QTemporaryDir>
#include <QTest>

#include <csignal>
#include <fstream>

#include "validation/command.h"

using namespace TorchLift;

class TestCommand : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void givesWhatItWrote();
    void waitsForOneThatClosedItsOutput();
    void endsWithTheProcessNotItsPipes_data();
    void endsWithTheProcessNotItsPipes();
    void patienceEnds();
    void cannotBeStarted();

private:
    static Result<CommandOutcome> shell(const std::string &script, int timeoutSeconds = 60)
    {
        Command command;
        command.arguments = {"/bin/sh", "-c", script};
        command.environment = commandEnvironment();
        command.timeoutSeconds = timeoutSeconds;
        return runCommand(command, {});
    }
};

void TestCommand::givesWhatItWrote()
{
    const auto outcome = shell("head -c 300000 /dev/zero | tr '\\0' x; echo no >&2; exit 3");
    QVERIFY(outcome);
    QCOMPARE(outcome->status, 3);
    QCOMPARE(outcome->output, std::string(300000, 'x'));
    QCOMPARE(outcome->errorOutput, std::string("no\n"));
}

void TestCommand::waitsForOneThatClosedItsOutput()
{
    const QTemporaryDir folder;
    const auto file = folder.filePath("done").toStdString();
    const auto outcome = shell("exec >&- 2>&-; sleep 0.5; : >" + file + "; exit 4");
    QVERIFY(outcome);
    QCOMPARE(outcome->status, 4);
    QVERIFY(std::ifstream(file).good());
}

void TestCommand::endsWithTheProcessNotItsPipes_data()
{
    QTest::addColumn<std::string>("background");
    QTest::addRow("silent") << std::string("sleep 1000");
    QTest::addRow("writes without end") << std::string("yes");
}

void TestCommand::endsWithTheProcessNotItsPipes()
{
    QFETCH(std::string, background);
    // With no patience set: before, this waited for the background process as well.
    const auto outcome = shell("printf before; " + background + " & echo $! >&2", 0);
    QVERIFY(outcome);
    QCOMPARE(outcome->status, 0);
    QVERIFY(outcome->output.starts_with("before"));
    const int left = std::stoi(outcome->errorOutput);
    QTRY_VERIFY(::kill(left, 0) != 0); // it went, too
}

void TestCommand::patienceEnds()
{
    const auto outcome = shell("sleep 1000", 1);
    QVERIFY(!outcome);
    QCOMPARE(outcome.error().code, Errc::Timeout);
}

void TestCommand::cannotBeStarted()
{
    Command command;
    command.arguments = {"/nowhere/program"};
    const auto outcome = runCommand(command, {});
    QVERIFY(!outcome);
    QCOMPARE(outcome.error().code, Errc::MissingPart);
}

QTEST_GUILESS_MAIN(TestCommand)
#include "tst_command.moc"
