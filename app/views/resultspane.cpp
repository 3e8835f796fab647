#include "views/resultspane.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QPushButton>
#include <QSortFilterProxyModel>
#include <QSplitter>
#include <QStyledItemDelegate>
#include <QTableView>
#include <QTextBrowser>

#include "models/texts.h"
#include "views/resultdetails.h"
#include "views/tablepane.h"
#include "views/theme.h"

namespace TorchLift {

namespace {

/// Colours the answers, so that a row can be read at a glance.
class StateDelegate final : public QStyledItemDelegate
{
public:
    using QStyledItemDelegate::QStyledItemDelegate;

protected:
    void initStyleOption(QStyleOptionViewItem *option, const QModelIndex &index) const override
    {
        QStyledItemDelegate::initStyleOption(option, index);
        const Theme &theme = Theme::current();
        const QString state = index.data(ResultsModel::StateRole).toString();
        QColor colour;
        if (state == QLatin1String("yes") || state == QLatin1String("equal")
            || state == QLatin1String("numerical")) {
            colour = theme.good;
        } else if (state == QLatin1String("no") || state == QLatin1String("differs")) {
            colour = theme.bad;
        } else if (state == QLatin1String("running")) {
            colour = theme.info;
        } else if (!state.isEmpty() && index.column() == ResultsModel::VerdictColumn) {
            colour = theme.warning;
        }
        if (colour.isValid()) {
            option->palette.setColor(QPalette::Text, colour);
            option->palette.setColor(QPalette::HighlightedText, colour);
            option->font.setWeight(QFont::DemiBold);
        }
    }
};

} // namespace

ResultsPane::ResultsPane(ResultsModel *results, QWidget *parent)
    : QWidget(parent)
    , m_results(results)
    , m_table(new TablePane(results, Qt::DisplayRole, this))
    , m_details(new QTextBrowser(this))
    , m_splitter(new QSplitter(Qt::Horizontal, this))
    , m_tools(new QWidget(this))
    , m_export(new QPushButton(m_tools))
    , m_import(new QPushButton(m_tools))
{
    m_details->setOpenLinks(false);
    m_details->setFrameShape(QFrame::NoFrame);
    m_splitter->addWidget(m_table);
    m_splitter->addWidget(m_details);
    m_splitter->setStretchFactor(0, 2);
    m_splitter->setStretchFactor(1, 1);
    m_splitter->setSizes({820, 420});
    m_splitter->setChildrenCollapsible(false);
    m_details->setMinimumWidth(180);
    QTableView *table = m_table->table();
    table->setItemDelegate(new StateDelegate(table));
    table->horizontalHeader()->setDefaultSectionSize(66); // outputs and errors, whole beside it
    table->horizontalHeader()->setMinimumSectionSize(40);
    table->setColumnWidth(ResultsModel::Api, 112);

    auto *tools = new QHBoxLayout(m_tools);
    tools->setContentsMargins(0, 1, 0, 3);
    for (QPushButton *button : {m_export, m_import}) {
        button->setProperty("small", true); // as high as the tabs beside it
        tools->addWidget(button);
    }
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(0);
    row->addWidget(m_splitter, 1);

    connect(m_export, &QPushButton::clicked, this, &ResultsPane::exportRequested);
    connect(m_details, &QTextBrowser::anchorClicked, this, &ResultsPane::divergenceRequested);
    connect(m_import, &QPushButton::clicked, this, &ResultsPane::importRequested);
    connect(table->selectionModel(), &QItemSelectionModel::currentChanged, this,
            &ResultsPane::showDetails);
    const auto followRows = [this, table] {
        m_export->setEnabled(!m_results->rows().empty());
        m_details->setVisible(m_results->rowCount() > 0);
        if (!table->currentIndex().isValid() && m_results->rowCount() > 0) {
            table->setCurrentIndex(table->model()->index(0, 0));
        }
        showDetails();
    };
    connect(results, &QAbstractItemModel::modelReset, this, followRows);
    connect(results, &QAbstractItemModel::rowsInserted, this, followRows);
    connect(results, &QAbstractItemModel::dataChanged, this, &ResultsPane::showDetails);
    followRows();
    retranslate();
}

void ResultsPane::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::LanguageChange) {
        retranslate();
    }
    QWidget::changeEvent(event);
}

void ResultsPane::retranslate()
{
    m_export->setText(tr("Export CSV …"));
    m_import->setText(tr("Import CSV …"));
    m_table->setEmptyText(
        tr("Validate runs the old code in both versions and the migrated code in "
           "the new one, inside a sandbox, and compares what they compute (F6)."));
    for (const int column : {ResultsModel::WorksOldAtSource, ResultsModel::WorksOldAtTarget,
                             ResultsModel::WorksNewAtTarget}) {
        const QString title =
            m_results->headerData(column, Qt::Horizontal, Qt::DisplayRole).toString();
        m_table->table()->setColumnWidth(column, fontMetrics().horizontalAdvance(title) + 20);
    }
    showDetails();
}

void ResultsPane::showDetails()
{
    const QModelIndex current = m_table->table()->currentIndex();
    if (!current.isValid()) {
        m_details->clear();
        return;
    }
    const QAbstractItemModel *model = current.model();
    const auto row = static_cast<std::size_t>(
        static_cast<const QSortFilterProxyModel *>(model)->mapToSource(current).row());
    const std::vector<ResultRow> rows = m_results->rows();
    if (row < rows.size()) {
        m_details->setHtml(resultDetails(rows[row]));
        return;
    }
    const Theme &theme = Theme::current(); // of an imported one there is no more than its cells
    QString html;
    for (int column = 0; column < ResultsModel::ColumnCount; ++column) {
        const QString text =
            model->index(current.row(), column).data(ResultsModel::FullTextRole).toString();
        if (text.trimmed().isEmpty()) {
            continue;
        }
        const QString title = model->headerData(column, Qt::Horizontal).toString();
        html += QStringLiteral("<p style=\"color:%1; margin:6px 0 1px 0\">%2</p>"
                               "<pre style=\"margin:0; white-space:pre-wrap\">%3</pre>")
                    .arg(theme.muted.name(), title.toHtmlEscaped(), text.toHtmlEscaped());
    }
    m_details->setHtml(html);
}

} // namespace TorchLift
