#pragma once

#include <QWidget>

#include "models/changesmodel.h"

class QLabel;
class QToolButton;
class QPushButton;

namespace TorchLift {

/// Below the new code: the change that is chosen, why it is made, and what to do with it.
class ChangeBar final : public QWidget
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(ChangeBar)

public:
    explicit ChangeBar(ChangesModel *changes, QWidget *parent = nullptr);

    /// Row of the changes model; -1: none is chosen.
    void setCurrent(int row);
    [[nodiscard]] int current() const { return m_current; }
    void applyTheme();

Q_SIGNALS:
    void previousRequested();
    void nextRequested();
    void acceptRequested();
    void rejectRequested();
    void acceptRuleRequested();
    void whyRequested();

protected:
    void changeEvent(QEvent *event) override;

private:
    void refresh();
    void retranslate();

    ChangesModel *m_changes;
    int m_current = -1;
    QLabel *m_title = nullptr;
    QLabel *m_reason = nullptr;
    QLabel *m_position = nullptr;
    QLabel *m_origin = nullptr;
    QLabel *m_safety = nullptr;
    QLabel *m_proof = nullptr;
    QToolButton *m_previous = nullptr;
    QToolButton *m_next = nullptr;
    QPushButton *m_accept = nullptr;
    QPushButton *m_reject = nullptr;
    QPushButton *m_rule = nullptr;
    QPushButton *m_why = nullptr;
};

} // namespace TorchLift
