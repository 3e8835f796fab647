#include "views/datadialog.h"

#include <QDialogButtonBox>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QGridLayout>
#include <QLabel>
#include <QListWidget>
#include <QPushButton>

namespace TorchLift {

DataDialog::DataDialog(const QStringList &paths, const QString &folder, QWidget *parent)
    : QDialog(parent)
    , m_folder(folder)
    , m_list(new QListWidget(this))
    , m_remove(new QPushButton(tr("&Remove"), this))
{
    setWindowTitle(tr("Files the code may read"));
    auto *explanation = new QLabel(
        tr("Code that is run sees nothing of this computer but what is named here. It stands "
           "beside the script under its own name and cannot be changed."),
        this);
    explanation->setWordWrap(true);
    m_list->setObjectName(QStringLiteral("dataFiles"));
    m_list->setSelectionMode(QAbstractItemView::ExtendedSelection);
    auto *file = new QPushButton(tr("Add &files …"), this);
    auto *directory = new QPushButton(tr("Add f&older …"), this);
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel, this);
    auto *layout = new QGridLayout(this);
    layout->addWidget(explanation, 0, 0, 1, 2);
    layout->addWidget(m_list, 1, 0, 4, 1);
    layout->addWidget(file, 1, 1);
    layout->addWidget(directory, 2, 1);
    layout->addWidget(m_remove, 3, 1);
    layout->addWidget(buttons, 5, 0, 1, 2);
    layout->setRowStretch(4, 1);
    resize(560, 320);
    add(paths);
    m_remove->setEnabled(false);

    connect(file, &QPushButton::clicked, this, [this] { choose(false); });
    connect(directory, &QPushButton::clicked, this, [this] { choose(true); });
    connect(m_remove, &QPushButton::clicked, this, [this] { qDeleteAll(m_list->selectedItems()); });
    connect(m_list, &QListWidget::itemSelectionChanged, this,
            [this] { m_remove->setEnabled(!m_list->selectedItems().isEmpty()); });
    connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
}

QStringList DataDialog::paths() const
{
    QStringList paths;
    for (int row = 0; row < m_list->count(); ++row) {
        paths << m_list->item(row)->data(Qt::UserRole).toString();
    }
    return paths;
}

void DataDialog::add(const QStringList &paths)
{
    for (const QString &path : paths) {
        const QFileInfo info(path);
        for (int row = m_list->count() - 1; row >= 0; --row) {
            const QFileInfo other(m_list->item(row)->data(Qt::UserRole).toString());
            if (other.fileName() == info.fileName()) {
                delete m_list->takeItem(row);
            }
        }
        const QString shown = QDir::toNativeSeparators(path);
        auto *item = new QListWidgetItem(info.exists() ? shown : tr("%1 (not there)").arg(shown));
        item->setData(Qt::UserRole, path);
        m_list->addItem(item);
    }
}

void DataDialog::choose(bool isFolder)
{
    auto *dialog = new QFileDialog(
        this, isFolder ? tr("Folder that the code may read") : tr("Files that the code may read"),
        m_folder);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(isFolder ? QFileDialog::Directory : QFileDialog::ExistingFiles);
    connect(dialog, &QFileDialog::filesSelected, this, &DataDialog::add);
    dialog->open();
}

} // namespace TorchLift
