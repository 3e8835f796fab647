#include "models/resultsmodel.h"

#include <algorithm>

#include "models/texts.h"

namespace TorchLift {

namespace {

constexpr qsizetype kShownCharacters = 160; // of an output or error, in a cell

const std::optional<Run> &runOf(const ResultRow &row, int column)
{
    if (column <= ResultsModel::ErrOldAtSource) {
        return row.oldAtSource;
    }
    return column <= ResultsModel::ErrOldAtTarget ? row.oldAtTarget : row.newAtTarget;
}

/// 0: works, 1: output, 2: error; which of a run's three cells a column is.
int partOf(int column)
{
    return (column - ResultsModel::WorksOldAtSource) % 3;
}

QString errorText(const Run &run)
{
    if (run.works()) {
        return {};
    }
    QString text = qstring(run.errorType);
    if (!run.errorMessage.empty()) {
        text += (text.isEmpty() ? QString() : QStringLiteral(": ")) + qstring(run.errorMessage);
    }
    if (text.isEmpty()) {
        text = Texts::outcome(run.outcome);
    }
    return run.errorLine > 0 ? ResultsModel::tr("line %1: %2").arg(run.errorLine).arg(text) : text;
}

const std::optional<bool> &importedWorks(const ImportedRow &row, int column)
{
    if (column == ResultsModel::WorksOldAtSource) {
        return row.worksOldAtSource;
    }
    return column == ResultsModel::WorksOldAtTarget ? row.worksOldAtTarget : row.worksNewAtTarget;
}

QString importedText(const ImportedRow &row, int column)
{
    switch (column) {
    case ResultsModel::Api:
        return row.model.empty() ? qstring(row.api)
                                 : qstring(row.model) + QStringLiteral(" · ") + qstring(row.api);
    case ResultsModel::OutOldAtSource:
        return qstring(row.outOldAtSource);
    case ResultsModel::ErrOldAtSource:
        return qstring(row.errOldAtSource);
    case ResultsModel::OutOldAtTarget:
        return qstring(row.outOldAtTarget);
    case ResultsModel::ErrOldAtTarget:
        return qstring(row.errOldAtTarget);
    case ResultsModel::OutNewAtTarget:
        return qstring(row.outNewAtTarget);
    case ResultsModel::ErrNewAtTarget:
        return qstring(row.errNewAtTarget);
    case ResultsModel::VerdictColumn:
        return qstring(row.verdict);
    default:
        break;
    }
    const std::optional<bool> &works = importedWorks(row, column);
    return !works ? QString() : *works ? ResultsModel::tr("yes") : ResultsModel::tr("no");
}

QString firstWords(const QString &text)
{
    QString line = text.left(kShownCharacters).simplified();
    return text.size() > kShownCharacters ? line + QChar(0x2026) : line;
}

} // namespace

ResultsModel::ResultsModel(QObject *parent)
    : QAbstractTableModel(parent)
{}

int ResultsModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size() + m_imported.size());
}

int ResultsModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant ResultsModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid()) {
        return {};
    }
    Q_ASSERT(checkIndex(index));
    switch (role) {
    case Qt::DisplayRole:
        return firstWords(cellText(index.row(), index.column()));
    case FullTextRole:
        return cellText(index.row(), index.column());
    case StateRole:
        return state(index.row(), index.column());
    case Qt::ToolTipRole: {
        const bool isVerdict = index.column() == VerdictColumn;
        const auto row = static_cast<std::size_t>(index.row());
        if (isVerdict && row < m_rows.size() && m_rows[row].result.verdict) {
            return Texts::verdictMeaning(*m_rows[row].result.verdict);
        }
        return {};
    }
    default:
        return {};
    }
}

QString ResultsModel::cellText(int row, int column) const
{
    const auto position = static_cast<std::size_t>(row);
    if (position >= m_rows.size()) {
        return importedText(m_imported[position - m_rows.size()], column);
    }
    const Row &shown = m_rows[position];
    if (column == Api) {
        return qstring(shown.result.api.empty() ? shown.result.file : shown.result.api);
    }
    if (column == VerdictColumn) {
        if (!shown.result.verdict) {
            return {};
        }
        const QString text = Texts::verdict(*shown.result.verdict);
        const std::optional<Run> &first = shown.result.oldAtSource;
        return first && first->conditions.isCudaOnCpu ? tr("%1 (CUDA on the CPU)").arg(text) : text;
    }
    const std::optional<Run> &run = runOf(shown.result, column);
    if (!run) {
        return partOf(column) == 0 && state(row, column) == QLatin1String("running")
                   ? tr("running …")
                   : QString();
    }
    switch (partOf(column)) {
    case 0:
        return run->works()       ? tr("yes")
               : run->lacksCuda() ? tr("no: needs a CUDA card")
                                  : tr("no: %1").arg(Texts::outcome(run->outcome));
    case 1:
        return qstring(run->output);
    default:
        return errorText(*run);
    }
}

QString ResultsModel::state(int row, int column) const
{
    const auto position = static_cast<std::size_t>(row);
    const bool isWorks =
        column >= WorksOldAtSource && column < VerdictColumn && partOf(column) == 0;
    const auto yesOrNo = [](bool works) {
        return works ? QStringLiteral("yes") : QStringLiteral("no");
    };
    if (position >= m_rows.size()) {
        const ImportedRow &imported = m_imported[position - m_rows.size()];
        if (isWorks && importedWorks(imported, column)) {
            return yesOrNo(*importedWorks(imported, column));
        }
        return column == VerdictColumn ? qstring(imported.verdict) : QString();
    }
    const Row &shown = m_rows[position];
    if (column == VerdictColumn) {
        const std::optional<Verdict> &verdict = shown.result.verdict;
        return !verdict                ? QString()
               : isExplained(*verdict) ? QStringLiteral("explained")
                                       : QLatin1String(verdictName(verdict->kind));
    }
    if (!isWorks) {
        return {};
    }
    if (const std::optional<Run> &run = runOf(shown.result, column)) {
        return yesOrNo(run->works());
    }
    const bool isNext = column == WorksOldAtSource
                        || (column == WorksOldAtTarget && shown.result.oldAtSource)
                        || (column == WorksNewAtTarget && shown.result.oldAtTarget);
    return shown.isRunning && isNext ? QStringLiteral("running") : QStringLiteral("unknown");
}

QVariant ResultsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || (role != Qt::DisplayRole && role != Qt::ToolTipRole)) {
        return {};
    }
    const QString source = qstring(m_source.toString());
    const QString target = qstring(m_target.toString());
    const bool isTip = role == Qt::ToolTipRole;
    switch (section) {
    case Api:
        return isTip ? tr("First breaking symbol, or the file's name") : tr("API");
    case WorksOldAtSource:
        return isTip ? tr("The old code in %1").arg(source) : tr("Works in %1").arg(source);
    case WorksOldAtTarget:
        return isTip ? tr("The old code in %1").arg(target) : tr("Works in %1").arg(target);
    case WorksNewAtTarget:
        return isTip ? tr("The migrated code in %1").arg(target) : tr("After migration");
    case OutOldAtSource:
    case OutOldAtTarget:
    case OutNewAtTarget:
        return isTip ? tr("What it printed") : tr("Out");
    case ErrOldAtSource:
    case ErrOldAtTarget:
    case ErrNewAtTarget:
        return isTip ? tr("Why it failed") : tr("Err");
    case VerdictColumn:
        return tr("Verdict");
    }
    return {};
}

void ResultsModel::setRow(const ResultRow &row)
{
    const auto found = std::find_if(m_rows.begin(), m_rows.end(), [&row](const Row &shown) {
        return shown.result.file == row.file;
    });
    if (found != m_rows.end()) {
        const int position = static_cast<int>(found - m_rows.begin());
        *found = {row, true};
        Q_EMIT dataChanged(index(position, 0), index(position, ColumnCount - 1));
        return;
    }
    const int position = static_cast<int>(m_rows.size());
    beginInsertRows({}, position, position);
    m_rows.push_back({row, true});
    endInsertRows();
}

void ResultsModel::finishRow(const std::string &file)
{
    for (std::size_t i = 0; i < m_rows.size(); ++i) {
        if (m_rows[i].result.file == file) {
            m_rows[i].isRunning = false;
            const int row = static_cast<int>(i);
            Q_EMIT dataChanged(index(row, 0), index(row, ColumnCount - 1));
        }
    }
}

void ResultsModel::setImported(std::vector<ImportedRow> rows)
{
    beginResetModel();
    m_imported = std::move(rows);
    endResetModel();
}

void ResultsModel::clear()
{
    beginResetModel();
    m_rows.clear();
    m_imported.clear();
    endResetModel();
}

void ResultsModel::setVersions(const Version &source, const Version &target)
{
    m_source = source;
    m_target = target;
    Q_EMIT headerDataChanged(Qt::Horizontal, 0, ColumnCount - 1);
}

std::vector<ResultRow> ResultsModel::rows() const
{
    std::vector<ResultRow> rows;
    for (const Row &row : m_rows) {
        rows.push_back(row.result);
    }
    return rows;
}

void ResultsModel::retranslate()
{
    if (rowCount() > 0) {
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
    }
    Q_EMIT headerDataChanged(Qt::Horizontal, 0, ColumnCount - 1);
}

} // namespace TorchLift
