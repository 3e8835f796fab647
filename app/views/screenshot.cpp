#include "views/screenshot.h"

#include <QPixmap>
#include <QTimer>

#include "views/embeddingsdialog.h"
#include "views/mainwindow.h"

namespace TorchLift {

namespace {

constexpr int kPollMs = 100;
constexpr int kLongestWaitMs = 240'000;

} // namespace

Screenshot::Screenshot(MainWindow *window, ScreenshotOptions options, QObject *parent)
    : QObject(parent)
    , m_window(window)
    , m_options(std::move(options))
{}

QStringList Screenshot::views()
{
    return {QStringLiteral("start"),     QStringLiteral("all"),     QStringLiteral("split"),
            QStringLiteral("inline"),    QStringLiteral("results"), QStringLiteral("residues"),
            QStringLiteral("model"),     QStringLiteral("log"),     QStringLiteral("divergence"),
            QStringLiteral("embeddings")};
}

void Screenshot::start()
{
    auto *timer = new QTimer(this);
    connect(timer, &QTimer::timeout, this, [this, timer] {
        m_waitedMs += kPollMs;
        if (m_window->isSettled() || m_waitedMs > kLongestWaitMs) {
            timer->stop();
            onSettled();
        }
    });
    timer->start(kPollMs);
}

void Screenshot::onSettled()
{
    if (m_options.view == QLatin1String("embeddings")) {
        drawEmbeddings();
        return;
    }
    const bool isStart = m_options.view == QLatin1String("start");
    if (!isStart && !m_isValidated && m_window->workbench()->migration()
        && m_waitedMs <= kLongestWaitMs) {
        m_isValidated = true;
        if (m_options.view == QLatin1String("divergence")) {
            m_window->setTrace(true);
        }
        m_window->validate();
        start();
        return;
    }
    const QString &view = m_options.view;
    if (view == QLatin1String("split")) {
        m_window->setLayoutMode(MainWindow::Layout::SideBySide);
    } else if (view == QLatin1String("inline")) {
        m_window->setLayoutMode(MainWindow::Layout::InlineNotes);
    } else {
        m_window->setLayoutMode(MainWindow::Layout::AllPanes);
    }
    m_window->showTab(view == QLatin1String("residues") ? MainWindow::ResiduesTab
                      : view == QLatin1String("model")  ? MainWindow::ModelTab
                      : view == QLatin1String("log")    ? MainWindow::LogTab
                      : view == QLatin1String("inline") ? MainWindow::ChangesTab
                                                        : MainWindow::ResultsTab);
    if (view == QLatin1String("divergence")) {
        m_window->jumpToDivergence();
    }
    QTimer::singleShot(600, this, &Screenshot::draw); // the layout's decorations and scrolling
}

void Screenshot::drawEmbeddings()
{
    m_window->showEmbeddings();
    auto *dialog = m_window->findChild<EmbeddingsDialog *>();
    auto *timer = new QTimer(this);
    connect(timer, &QTimer::timeout, this, [this, timer, dialog] {
        m_waitedMs += kPollMs;
        if (dialog->isSettled() || m_waitedMs > kLongestWaitMs) {
            timer->stop();
            Q_EMIT finished(dialog->grab().save(m_options.file, "PNG"));
        }
    });
    timer->start(kPollMs);
}

void Screenshot::draw()
{
    Q_EMIT finished(m_window->grab().save(m_options.file, "PNG"));
}

} // namespace TorchLift
