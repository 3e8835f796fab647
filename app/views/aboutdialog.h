#pragma once

#include <QDialog>

namespace TorchLift {

/// What this is, and the licences of what it is made of.
class AboutDialog final : public QDialog
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(AboutDialog)

public:
    explicit AboutDialog(QWidget *parent = nullptr);
};

} // namespace TorchLift
