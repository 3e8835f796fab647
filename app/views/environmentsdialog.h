#pragma once

#include <QDialog>

#include "models/environmentsmodel.h"
#include "services/environmentservice.h"

class QComboBox;
class QLabel;
class QLineEdit;
class QProgressBar;
class QPushButton;

namespace TorchLift {

class TablePane;

/// The environments: what there is, and installing, repairing, removing and completing them.
/// Closing it cancels what is going on; it closes when that has ended.
class EnvironmentsDialog final : public QDialog
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(EnvironmentsDialog)

public:
    explicit EnvironmentsDialog(const Paths &paths, QWidget *parent = nullptr);

    void reject() override;

Q_SIGNALS:
    /// Something was installed, repaired or removed.
    void environmentsChanged();

protected:
    void changeEvent(QEvent *event) override;

private:
    void start(EnvironmentJob::Kind kind, const Version &torch);
    void confirmRemoval();
    void onListed(const Result<std::vector<EnvironmentState>> &states);
    void onPlanned(const Result<ProvisionPlan> &plan);
    void onFinished(const Result<void> &outcome);
    void askForPlan();
    void showProgress(const Progress &progress);
    void showError(const Error &error);
    [[nodiscard]] std::vector<std::string> packages() const;
    [[nodiscard]] int chosenRow() const;
    void refresh();
    void retranslate();

    EnvironmentService m_service;
    EnvironmentsModel *m_model = nullptr;
    TablePane *m_table = nullptr;
    QPushButton *m_repair = nullptr;
    QPushButton *m_remove = nullptr;
    QPushButton *m_add = nullptr;
    QLabel *m_packagesLabel = nullptr;
    QLineEdit *m_packages = nullptr;
    QLabel *m_releaseLabel = nullptr;
    QComboBox *m_release = nullptr;
    QPushButton *m_install = nullptr;
    QLabel *m_plan = nullptr;
    QProgressBar *m_progress = nullptr;
    QLabel *m_message = nullptr;
    QPushButton *m_cancel = nullptr;
    QPushButton *m_close = nullptr;
    std::optional<ProvisionPlan> m_planned;
    bool m_isBusy = false;
    bool m_isClosing = false;
};

} // namespace TorchLift
