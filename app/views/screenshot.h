#pragma once

#include <QObject>
#include <QString>

namespace TorchLift {

class MainWindow;

/// What `torchlift --screenshot` was asked for.
struct ScreenshotOptions
{
    QString file; ///< PNG to write
    QString
        view; ///< start, all, split, inline, results, residues, model, log, embeddings; empty: all
};

/// Does the whole job on what is open, then draws the window into a file. Gives up after a while
/// and draws what there is.
class Screenshot final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(Screenshot)

public:
    Screenshot(MainWindow *window, ScreenshotOptions options, QObject *parent = nullptr);

    /// The views that can be named.
    [[nodiscard]] static QStringList views();
    void start();

Q_SIGNALS:
    /// `isWritten` false: the file could not be written.
    void finished(bool isWritten);

private:
    void onSettled();
    void draw();
    void drawEmbeddings(); // of the dialog alone

    MainWindow *m_window;
    ScreenshotOptions m_options;
    bool m_isValidated = false;
    int m_waitedMs = 0;
};

} // namespace TorchLift
