#pragma once

#include <QDialog>
#include <QTimer>

#include "models/embeddingsmodel.h"
#include "services/embeddingservice.h"

class QCheckBox;
class QComboBox;
class QGridLayout;
class QLabel;
class QLineEdit;
class QProgressBar;
class QPushButton;

namespace TorchLift {

class TablePane;

/// The embedding models: which there are, installing and removing them, and which one is used how.
/// What is chosen is tried out at once, so that it says what keeps it from working here. Closing it
/// cancels what is going on; it closes when that has ended.
class EmbeddingsDialog final : public QDialog
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(EmbeddingsDialog)

public:
    EmbeddingsDialog(const Paths &paths, const EmbeddingChoice &used, QWidget *parent = nullptr);

    /// Whether it is done with everything that it began.
    [[nodiscard]] bool isSettled() const;
    void installFromFolder(const QString &folder);
    void reject() override;

Q_SIGNALS:
    void embeddingChosen(const TorchLift::EmbeddingChoice &choice);
    /// It was installed, again or for the first time, or removed.
    void modelChanged(const QString &model);

protected:
    void changeEvent(QEvent *event) override;

private:
    void createFields();
    void arrange();
    void connectAll();
    void list();
    void start(EmbeddingJob job);
    void install();
    void chooseFolder();
    void confirm(const QString &title, const QString &question, const QString &yes,
                 const EmbeddingJob &job);
    void confirmRemoval();
    void onListed(const Result<EmbeddingModels> &models);
    void onTried(const Result<EmbeddingTrial> &trial);
    void onFinished(const Result<void> &outcome);
    void onChosen();
    void tryOut();
    void use();
    void adopt(const EmbeddingChoice &choice);
    void showProgress(const Progress &progress);
    void showError(const Error &error);
    [[nodiscard]] const ModelState *chosenState() const;
    [[nodiscard]] EmbeddingChoice choice() const;
    [[nodiscard]] NetworkSettings network() const;
    void refresh();
    void showPlan();
    void retranslate();

    EmbeddingService m_service;
    EmbeddingChoice m_used;
    std::uint64_t m_freeBytes = 0;
    EmbeddingJob m_job; // that is going on, or was last
    QTimer m_tryTimer;  // after the last change
    bool m_isTrying = false;
    bool m_isListing = false;
    bool m_isNetworkShown = false;
    bool m_isBusy = false;
    bool m_isClosing = false;
    bool m_works = false; // as it stands in the fields

    EmbeddingsModel *m_model = nullptr;
    TablePane *m_table = nullptr;
    QLabel *m_usedLabel = nullptr;
    QPushButton *m_install = nullptr;
    QPushButton *m_folder = nullptr;
    QPushButton *m_remove = nullptr;
    QLabel *m_plan = nullptr;
    QCheckBox *m_showsNetwork = nullptr;
    QWidget *m_networkForm = nullptr;
    QLabel *m_hubLabel = nullptr;
    QLineEdit *m_hub = nullptr;
    QLabel *m_proxyLabel = nullptr;
    QLineEdit *m_proxy = nullptr;
    QLabel *m_certificatesLabel = nullptr;
    QLineEdit *m_certificates = nullptr;
    QLabel *m_keyLabel = nullptr;
    QLineEdit *m_key = nullptr;
    QLabel *m_precisionLabel = nullptr;
    QComboBox *m_precision = nullptr;
    QLabel *m_deviceLabel = nullptr;
    QComboBox *m_device = nullptr;
    QPushButton *m_use = nullptr;
    QLabel *m_verdict = nullptr;
    QProgressBar *m_progress = nullptr;
    QPushButton *m_cancel = nullptr;
    QLabel *m_message = nullptr;
    QPushButton *m_close = nullptr;
};

} // namespace TorchLift
