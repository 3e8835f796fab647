#pragma once

#include <QDialog>

class QTextBrowser;

namespace TorchLift {

/// What this is, and the licences of what it is made of.
class AboutDialog final : public QDialog
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(AboutDialog)

public:
    explicit AboutDialog(QWidget *parent = nullptr);

protected:
    void changeEvent(QEvent *event) override;

private:
    void retranslate();

    QTextBrowser *m_text = nullptr;
};

} // namespace TorchLift
