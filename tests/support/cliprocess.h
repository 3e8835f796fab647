#pragma once

#include <QProcess>
#include <QStringList>

namespace TorchLift {

struct CliOutcome
{
    int status = -1; ///< -1: it did not end in time, or crashed
    QByteArray out;
    QByteArray err;
};

struct CliSurroundings
{
    QString folder{}; ///< working directory; empty: the test's own
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    QByteArray input{};
    int seconds = 120;
};

/// Runs `program` with `arguments` to its end.
inline CliOutcome runCli(const QString &program, const QStringList &arguments,
                         const CliSurroundings &surroundings = {})
{
    QProcess process;
    process.setWorkingDirectory(surroundings.folder);
    process.setProcessEnvironment(surroundings.environment);
    process.start(program, arguments);
    process.write(surroundings.input);
    process.closeWriteChannel();
    if (!process.waitForFinished(surroundings.seconds * 1000)
        || process.exitStatus() != QProcess::NormalExit) {
        return {};
    }
    return {process.exitCode(), process.readAllStandardOutput(), process.readAllStandardError()};
}

} // namespace TorchLift
