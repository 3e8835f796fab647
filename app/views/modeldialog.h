#pragma once

#include <QDialog>

#include "services/chatservice.h"

class QCheckBox;
class QLabel;
class QLineEdit;
class QPushButton;

namespace TorchLift {

/// Where the language model is. The key is kept for this session only.
class ModelDialog final : public QDialog
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(ModelDialog)

public:
    ModelDialog(const Paths &paths, const ChatProfile &profile, bool isOffline,
                QWidget *parent = nullptr);

    [[nodiscard]] ChatProfile profile() const;
    [[nodiscard]] bool isOffline() const;

protected:
    void changeEvent(QEvent *event) override;

private:
    void test();
    void refresh();
    void retranslate();

    ChatService m_chat;
    QLineEdit *m_url = nullptr;
    QLineEdit *m_model = nullptr;
    QLineEdit *m_key = nullptr;
    QCheckBox *m_offline = nullptr;
    QPushButton *m_test = nullptr;
    QLabel *m_intro = nullptr;
    QLabel *m_urlLabel = nullptr;
    QLabel *m_modelLabel = nullptr;
    QLabel *m_keyLabel = nullptr;
    QLabel *m_result = nullptr;
};

/// The model is on this machine: nothing leaves it.
[[nodiscard]] bool isLoopback(const QString &baseUrl);
[[nodiscard]] QString hostOf(const QString &baseUrl);

} // namespace TorchLift
