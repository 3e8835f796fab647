#include <cstdio>
#include <initializer_list>
#include <optional>

#include <QApplication>
#include <QCommandLineParser>
#include <QElapsedTimer>
#include <QFileInfo>
#include <QTemporaryDir>
#include <QTextStream>
#include <QTimer>

#include "base/logging.h"
#include "settings/paths.h"
#include "views/mainwindow.h"
#include "views/screenshot.h"

namespace {

using namespace TorchLift;

constexpr int kBadUsage = 2;

void forwardQtMessage(QtMsgType type, const QMessageLogContext &, const QString &message)
{
    const std::string text = message.toStdString();
    switch (type) {
    case QtDebugMsg:
        return Log::debug("qt", text);
    case QtInfoMsg:
        return Log::info("qt", text);
    case QtWarningMsg:
        return Log::warning("qt", text);
    default:
        return Log::error("qt", text);
    }
}

/// Whether an argument begins with one of `names`: what has to be known before Qt looks for a
/// display.
bool hasOption(int argc, char **argv, std::initializer_list<const char *> names)
{
    for (int i = 1; i < argc; ++i) {
        for (const char *name : names) {
            if (QByteArrayView(argv[i]).startsWith(name)) {
                return true;
            }
        }
    }
    return false;
}

/// For the benchmark: says on stdout when the window was painted first.
class FirstPaint final : public QObject
{
public:
    using QObject::QObject;

    bool eventFilter(QObject *watched, QEvent *event) override
    {
        if (event->type() == QEvent::Paint) {
            watched->removeEventFilter(this);
            QTimer::singleShot(0, this, [] { QTextStream(stdout) << "painted" << Qt::endl; });
        }
        return false;
    }
};

int usage(const QString &message)
{
    QTextStream(stderr) << message << '\n';
    return kBadUsage;
}

void addOptions(QCommandLineParser &parser)
{
    parser.setApplicationDescription(
        QStringLiteral("Moves PyTorch 1.0 code to PyTorch 2.7 and proves the result."));
    parser.addHelpOption();
    parser.addVersionOption();
    parser.addPositionalArgument(QStringLiteral("FILE"),
                                 QStringLiteral("Python code or a session (*.torchlift) to open"),
                                 QStringLiteral("[FILE]"));
    const auto option = [](const char *name, const char *description, const char *value) {
        return QCommandLineOption(QLatin1String(name), QLatin1String(description),
                                  QLatin1String(value));
    };
    parser.addOptions({
        option("screenshot", "Do the job, draw the window into this PNG file and leave", "PNG"),
        option("view",
               "What the picture shows: start, all, split, inline, results, residues, "
               "model, log, divergence, embeddings",
               "NAME"),
        option("lang", "ru or en", "LANGUAGE"),
        option("theme", "light, dark or system", "NAME"),
        option("size", "Of the window, such as 1280x800", "WxH"),
        QCommandLineOption(QStringLiteral("sample"), QStringLiteral("Open the sample")),
    });
}

/// Nothing is remembered from or for a picture.
QString applyOptions(const QCommandLineParser &parser, MainWindow &window)
{
    const QString language = parser.value(QStringLiteral("lang"));
    const QString theme = parser.value(QStringLiteral("theme"));
    const QStringList size = parser.value(QStringLiteral("size")).split(QLatin1Char('x'));
    if (!language.isEmpty()) {
        if (language != QLatin1String("ru") && language != QLatin1String("en")) {
            return QStringLiteral("--lang is ru or en, not %1").arg(language);
        }
        window.setLanguage(language);
    }
    if (!theme.isEmpty()) {
        if (theme != QLatin1String("light") && theme != QLatin1String("dark")
            && theme != QLatin1String("system")) {
            return QStringLiteral("--theme is light, dark or system, not %1").arg(theme);
        }
        window.setThemeName(theme);
    }
    if (parser.isSet(QStringLiteral("size"))) {
        const int width = size.value(0).toInt();
        const int height = size.value(1).toInt();
        if (size.size() != 2 || width < 640 || height < 480 || width > 8000 || height > 8000) {
            return QStringLiteral("--size is WIDTHxHEIGHT, from 640x480 to 8000x8000");
        }
        window.resize(width, height);
    }
    const QString view = parser.value(QStringLiteral("view"));
    if (!view.isEmpty() && !Screenshot::views().contains(view)) {
        return QStringLiteral("--view is one of %1")
            .arg(Screenshot::views().join(QStringLiteral(", ")));
    }
    return {};
}

} // namespace

int main(int argc, char **argv)
{
    const bool isPicture = hasOption(argc, argv, {"--screenshot"});
    const bool isQuestion =
        hasOption(argc, argv, {"--version", "-v", "--help", "-h", "--help-all", "-?"});
    if ((isPicture || isQuestion) && qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM")) {
        qputenv("QT_QPA_PLATFORM", "offscreen");
    }
    QApplication::setStyle(QStringLiteral("Fusion"));
    QApplication application(argc, argv);
    QApplication::setApplicationName(QStringLiteral("torchlift"));
    QApplication::setApplicationVersion(QStringLiteral(TORCHLIFT_VERSION));
    QApplication::setDesktopFileName(QStringLiteral("torchlift"));
    qInstallMessageHandler(forwardQtMessage);

    QCommandLineParser parser;
    addOptions(parser);
    parser.process(application);
    const QStringList files = parser.positionalArguments();
    if (files.size() > 1) {
        return usage(QStringLiteral("one file at a time: torchlift [FILE]"));
    }

    Paths paths = Paths::standard();
    std::optional<QTemporaryDir> pictureConfig;
    if (isPicture) {
        paths.config = pictureConfig.emplace().path().toStdString();
    }
    MainWindow window(paths);
    if (const QString mistake = applyOptions(parser, window); !mistake.isEmpty()) {
        return usage(mistake);
    }
    FirstPaint firstPaint;
    if (qEnvironmentVariableIsSet("TORCHLIFT_REPORT_FIRST_PAINT")) {
        window.installEventFilter(&firstPaint);
    }
    window.show();

    Screenshot screenshot(&window, {parser.value(QStringLiteral("screenshot")),
                                    parser.value(QStringLiteral("view"))});
    const bool isStart = parser.value(QStringLiteral("view")) == QLatin1String("start");
    QTimer::singleShot(0, &window, [&] { // after the first picture of the window
        if (!files.isEmpty()) {
            window.openFile(QFileInfo(files.first()).absoluteFilePath());
        } else if (parser.isSet(QStringLiteral("sample")) || (isPicture && !isStart)) {
            window.openSample();
        } else if (!isPicture) {
            window.offerRecovery();
        }
        if (isPicture) {
            QObject::connect(&screenshot, &Screenshot::finished, &application,
                             [](bool isWritten) { QApplication::exit(isWritten ? 0 : kBadUsage); });
            screenshot.start();
        }
    });
    return QApplication::exec();
}
