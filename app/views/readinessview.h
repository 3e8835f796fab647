#pragma once

#include <optional>

#include <QStringList>
#include <QWidget>

#include "pipeline/pipeline.h"

class QGridLayout;
class QLabel;
class QPushButton;
class QVBoxLayout;

namespace TorchLift {

/// One part of the set-up, as the first start and the status bar show it.
struct ReadinessItem
{
    QString name;
    bool isReady = false;
    QString detail;  ///< what it is for, or what is missing
    QString command; ///< that gets it; empty when it is ready
};

/// The parts in the order of the window. `modelName`: the language model, empty when none is set.
[[nodiscard]] QList<ReadinessItem> readinessItems(const Readiness &readiness, const Version &source,
                                                  const Version &target);

/// What is shown before anything is open: how to begin, what is ready, what is missing and one
/// button each.
class ReadinessView final : public QWidget
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(ReadinessView)

public:
    explicit ReadinessView(QWidget *parent = nullptr);

    void setReadiness(const Readiness &readiness, const Version &source, const Version &target);
    void setModelName(const QString &name);
    void setRecentFiles(const QStringList &paths);
    void applyTheme();

Q_SIGNALS:
    void openRequested();
    void pasteRequested();
    void sampleRequested();
    void modelRequested();
    void fileRequested(const QString &path);

protected:
    void changeEvent(QEvent *event) override;

private:
    void retranslate();
    void addRow(const ReadinessItem &item);

    std::optional<Readiness> m_readiness;
    Version m_source{1, 0, 0};
    Version m_target{2, 7, 0};
    QString m_modelName;
    QStringList m_recent;
    QLabel *m_title = nullptr;
    QLabel *m_subtitle = nullptr;
    QPushButton *m_open = nullptr;
    QPushButton *m_paste = nullptr;
    QPushButton *m_sample = nullptr;
    QLabel *m_partsTitle = nullptr;
    QWidget *m_parts = nullptr;
    QGridLayout *m_rows = nullptr;
    QLabel *m_recentList = nullptr;
};

} // namespace TorchLift
