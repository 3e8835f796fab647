#pragma once

#include <QWidget>

class QLabel;
class QLineEdit;
class QToolButton;

namespace TorchLift {

class CodeEditor;

/// Finds text in the code pane that had the focus.
class FindBar final : public QWidget
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(FindBar)

public:
    explicit FindBar(QWidget *parent = nullptr);

    void start(CodeEditor *editor);
    void find(bool isForward);
    void applyTheme();

protected:
    void changeEvent(QEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;

private:
    void retranslate();

    CodeEditor *m_editor = nullptr;
    QLineEdit *m_text = nullptr;
    QLabel *m_result = nullptr;
    QToolButton *m_previous = nullptr;
    QToolButton *m_next = nullptr;
    QToolButton *m_close = nullptr;
};

} // namespace TorchLift
