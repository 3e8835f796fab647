#pragma once

#include <QFrame>

class QHBoxLayout;
class QLabel;
class QVBoxLayout;

namespace TorchLift {

/// A framed part of the window: a header with title, a count beside it and tools at its end,
/// and the content below.
class Panel final : public QFrame
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(Panel)

public:
    explicit Panel(QWidget *content, QWidget *parent = nullptr);

    void setTitle(const QString &title);
    void setCount(const QString &count);
    void addTool(QWidget *tool);
    /// Below the content.
    void addFooter(QWidget *footer);

private:
    QLabel *m_title = nullptr;
    QLabel *m_count = nullptr;
    QHBoxLayout *m_tools = nullptr;
    QVBoxLayout *m_layout = nullptr;
};

} // namespace TorchLift
