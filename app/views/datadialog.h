#pragma once

#include <QDialog>
#include <QStringList>

class QListWidget;
class QPushButton;

namespace TorchLift {

/// Files and folders that code may read while it runs: everything else is hidden from it.
class DataDialog final : public QDialog
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(DataDialog)

public:
    /// `folder` is where choosing begins.
    DataDialog(const QStringList &paths, const QString &folder, QWidget *parent = nullptr);

    [[nodiscard]] QStringList paths() const;
    /// Of two files that have one name only the last is kept: both would stand in one place.
    void add(const QStringList &paths);

private:
    void choose(bool isFolder);

    QString m_folder;
    QListWidget *m_list = nullptr;
    QPushButton *m_remove = nullptr;
};

} // namespace TorchLift
