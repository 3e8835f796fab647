#pragma once

#include <functional>

#include <QFrame>

#include "base/result.h"

class QLabel;
class QToolButton;
class QPushButton;

namespace TorchLift {

/// Says what went wrong and what to do next, without stopping anything. Stays until it is
/// closed or something else is said.
class MessageBar final : public QFrame
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(MessageBar)

public:
    explicit MessageBar(QWidget *parent = nullptr);

    void showError(const Error &error);
    void showNote(const QString &text);
    /// A note with a button that calls `then`.
    void showQuestion(const QString &text, const QString &action, std::function<void()> then);
    [[nodiscard]] QString text() const;
    void applyTheme();

protected:
    void changeEvent(QEvent *event) override;

private:
    void retranslate();
    void setKind(const char *kind);

    Error m_error;
    bool m_isError = false;
    std::function<void()> m_then;
    QLabel *m_icon = nullptr;
    QLabel *m_text = nullptr;
    QLabel *m_detail = nullptr;
    QPushButton *m_details = nullptr;
    QPushButton *m_copy = nullptr;
    QPushButton *m_action = nullptr;
    QToolButton *m_close = nullptr;
};

} // namespace TorchLift
