#include "models/embeddingsmodel.h"

#include <algorithm>

#include <QLocale>

#include "models/texts.h"

namespace TorchLift {

namespace {

constexpr qint64 kMegabyte = 1'000'000;

std::size_t dimensionOf(const ModelState &state)
{
    return state.folder            ? state.folder->dimension()
           : state.spec != nullptr ? state.spec->dimension
                                   : 0;
}

std::size_t tokensOf(const ModelState &state)
{
    const std::size_t known = state.spec != nullptr ? state.spec->maxTokens : 0;
    const std::size_t own = state.folder ? state.folder->maxTokens : 0;
    return known == 0 || own == 0 ? std::max(known, own) : std::min(known, own);
}

// On disk where it is installed, else to download.
qint64 bytesOf(const ModelState &state)
{
    return state.isInstalled       ? static_cast<qint64>(state.bytes)
           : state.spec != nullptr ? static_cast<qint64>(state.spec->megabytes) * kMegabyte
                                   : 0;
}

} // namespace

EmbeddingsModel::EmbeddingsModel(QObject *parent)
    : QAbstractTableModel(parent)
{}

int EmbeddingsModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_states.size());
}

int EmbeddingsModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant EmbeddingsModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid()) {
        return {};
    }
    Q_ASSERT(checkIndex(index));
    const ModelState &model = state(index.row());
    if (role == Qt::ToolTipRole) {
        return !model.problem.empty()  ? qstring(model.problem)
               : model.spec != nullptr ? qstring(model.spec->repository)
                                       : QString();
    }
    if (role == SortRole) {
        switch (index.column()) {
        case Name: // the known ones stay in the order of the list
            return index.row();
        case Dimension:
            return static_cast<qulonglong>(dimensionOf(model));
        case Tokens:
            return static_cast<qulonglong>(tokensOf(model));
        case Size:
            return bytesOf(model);
        }
    }
    return role == Qt::DisplayRole || role == SortRole ? text(model, index.column()) : QVariant();
}

QString EmbeddingsModel::stateText(const ModelState &state) const
{
    return !state.problem.empty() ? tr("cannot be used")
           : !state.isInstalled   ? tr("not installed")
           : state.name == m_used ? tr("in use")
                                  : tr("installed");
}

QString EmbeddingsModel::text(const ModelState &state, int column) const
{
    const QLocale locale;
    switch (column) {
    case Name:
        return qstring(state.name);
    case State:
        return stateText(state);
    case Languages:
        return state.spec == nullptr             ? QString()
               : state.spec->languages == "many" ? tr("many, Russian too")
                                                 : tr("English");
    case Dimension:
        return dimensionOf(state) == 0
                   ? QString()
                   : locale.toString(static_cast<qulonglong>(dimensionOf(state)));
    case Tokens: {
        const auto tokens = static_cast<int>(tokensOf(state));
        return tokens == 0 ? QString() : tr("%n token(s)", nullptr, tokens);
    }
    case Size: {
        const QString size = Texts::diskSize(bytesOf(state));
        return state.isInstalled ? size : tr("%1 to download").arg(size);
    }
    }
    return {};
}

QVariant EmbeddingsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || (role != Qt::DisplayRole && role != Qt::ToolTipRole)) {
        return {};
    }
    const bool isTip = role == Qt::ToolTipRole;
    switch (section) {
    case Name:
        return isTip ? QString() : tr("Model");
    case State:
        return isTip ? QString() : tr("State");
    case Languages:
        return isTip ? tr("What it was trained to read") : tr("Languages");
    case Dimension:
        return isTip ? tr("Numbers in a vector") : tr("Dimension");
    case Tokens:
        return isTip ? tr("What follows in a text is cut") : tr("Reads at most");
    case Size:
        return isTip ? QString() : tr("Size");
    }
    return {};
}

void EmbeddingsModel::setStates(std::vector<ModelState> states)
{
    beginResetModel();
    m_states = std::move(states);
    endResetModel();
}

void EmbeddingsModel::setUsed(const std::string &model)
{
    m_used = model;
    tellAllChanged();
}

const ModelState &EmbeddingsModel::state(int row) const
{
    return m_states[static_cast<std::size_t>(row)];
}

int EmbeddingsModel::rowOf(const std::string &model) const
{
    const auto found = std::find_if(m_states.begin(), m_states.end(),
                                    [&](const ModelState &state) { return state.name == model; });
    return found == m_states.end() ? -1 : static_cast<int>(found - m_states.begin());
}

void EmbeddingsModel::tellAllChanged()
{
    if (rowCount() > 0) {
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
    }
}

void EmbeddingsModel::retranslate()
{
    tellAllChanged();
    Q_EMIT headerDataChanged(Qt::Horizontal, 0, ColumnCount - 1);
}

} // namespace TorchLift
