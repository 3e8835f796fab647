#include "models/environmentsmodel.h"

#include <QLocale>

#include "models/texts.h"

namespace TorchLift {

EnvironmentsModel::EnvironmentsModel(QObject *parent)
    : QAbstractTableModel(parent)
{}

int EnvironmentsModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_states.size());
}

int EnvironmentsModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant EnvironmentsModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid()) {
        return {};
    }
    Q_ASSERT(checkIndex(index));
    const EnvironmentState &state = m_states[static_cast<std::size_t>(index.row())];
    if (role == Qt::ToolTipRole) {
        return state.environment ? qstring(state.environment->base.string())
                                 : qstring(state.environment.error().detail);
    }
    if (role == SortRole && index.column() == Torch) {
        const Version version = torch(index.row());
        return version.major * 1'000'000 + version.minor * 1000 + version.patch;
    }
    if (role == SortRole && index.column() == Size) {
        return static_cast<qlonglong>(state.bytes);
    }
    return role == Qt::DisplayRole || role == SortRole ? text(state, index.column()) : QVariant();
}

QString EnvironmentsModel::text(const EnvironmentState &state, int column) const
{
    const Environment *environment = state.environment ? &*state.environment : nullptr;
    switch (column) {
    case Torch:
        return qstring(state.name).section(QLatin1Char('-'), 1);
    case Python:
        return environment != nullptr ? qstring(environment->python.toString()) : QString();
    case NumPy:
        return environment == nullptr       ? QString()
               : environment->numpy.empty() ? tr("missing")
                                            : qstring(environment->numpy);
    case Device:
        return environment == nullptr      ? QString()
               : environment->cuda.empty() ? tr("CPU")
                                           : QStringLiteral("CUDA ") + qstring(environment->cuda);
    case Size:
        return QLocale().formattedDataSize(state.bytes, 1);
    case State:
        return environment != nullptr ? tr("whole") : tr("broken");
    case Packages: {
        QStringList names;
        for (const std::string &name : state.added) {
            names << qstring(name);
        }
        return names.join(QStringLiteral(", "));
    }
    }
    return {};
}

QVariant EnvironmentsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole) {
        return {};
    }
    switch (section) {
    case Torch:
        return QStringLiteral("torch");
    case Python:
        return QStringLiteral("Python");
    case NumPy:
        return QStringLiteral("NumPy");
    case Device:
        return tr("Built for");
    case Size:
        return tr("Size");
    case State:
        return tr("State");
    case Packages:
        return tr("Added packages");
    }
    return {};
}

void EnvironmentsModel::setStates(std::vector<EnvironmentState> states)
{
    beginResetModel();
    m_states = std::move(states);
    endResetModel();
}

Version EnvironmentsModel::torch(int row) const
{
    const std::string &name = m_states[static_cast<std::size_t>(row)].name;
    return Version::parse(name.substr(name.find('-') + 1)).value_or(Version{});
}

void EnvironmentsModel::retranslate()
{
    if (rowCount() > 0) {
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
    }
    Q_EMIT headerDataChanged(Qt::Horizontal, 0, ColumnCount - 1);
}

} // namespace TorchLift
