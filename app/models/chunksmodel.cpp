#include "models/chunksmodel.h"

#include <algorithm>

#include <QLocale>
#include <QStringList>

#include "models/texts.h"

namespace TorchLift {

ChunksModel::ChunksModel(QObject *parent)
    : QAbstractListModel(parent)
{}

int ChunksModel::rowCount(const QModelIndex &parent) const
{
    if (parent.isValid() || !m_retrieval) {
        return 0;
    }
    const std::size_t rows = m_retrieval->ranked.size() + m_retrieval->citedOnly.size();
    return static_cast<int>(rows) + (hasSeparator() ? 1 : 0);
}

QVariant ChunksModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid()) {
        return {};
    }
    Q_ASSERT(checkIndex(index));
    const RankedChunk *ranked = chunk(index.row());
    if (ranked == nullptr) {
        return role == KindRole ? QVariant(Separator)
               : role == Qt::DisplayRole
                   ? QVariant(tr("cited, not among the first %1").arg(m_retrieval->ranked.size()))
                   : QVariant();
    }
    const Chunk &note = ranked->chunk;
    const QLocale locale;
    switch (role) {
    case KindRole:
        return static_cast<std::size_t>(index.row()) < m_retrieval->ranked.size() ? Ranked : Cited;
    case Qt::DisplayRole:
    case IdRole:
        return qstring(note.chunkId);
    case KeyRole:
        return qstring(note.key);
    case SlugRole:
        return qstring(note.changeSlug);
    case VersionRole:
        return qstring(note.version.toString());
    case ReleaseRole:
        return note.section.empty()
                   ? qstring(note.releaseName)
                   : qstring(note.releaseName) + QStringLiteral(" · ") + qstring(note.section);
    case RankRole:
        return ranked->rank > 0
                   ? QStringLiteral("#") + locale.toString(static_cast<qulonglong>(ranked->rank))
                   : tr("not ranked");
    case ScoreRole:
        return ranked->rank > 0 ? locale.toString(ranked->score, 'f', 4) : QString();
    case WhyRole:
    case Qt::ToolTipRole:
        return why(*ranked);
    case BadgeRole:
        return note.isOriginal ? tr("original") : tr("summary");
    case IsOriginalRole:
        return note.isOriginal;
    case IsCitedRole:
        return ranked->isCited;
    case IsHighlightedRole:
        return m_highlighted.contains(note.changeSlug);
    case TextRole: {
        const bool isRussian = Texts::language() == QLatin1String("ru") && !note.textRu.empty();
        return qstring(isRussian ? note.textRu : note.text);
    }
    case SymbolsRole: {
        QStringList symbols;
        for (const std::string &symbol : note.symbols) {
            symbols << qstring(symbol);
        }
        return symbols;
    }
    default:
        return {};
    }
}

Qt::ItemFlags ChunksModel::flags(const QModelIndex &index) const
{
    const bool isSeparator = index.isValid() && chunk(index.row()) == nullptr;
    return isSeparator ? Qt::NoItemFlags : QAbstractListModel::flags(index);
}

void ChunksModel::setRetrieval(std::optional<Retrieval> retrieval)
{
    beginResetModel();
    m_retrieval = std::move(retrieval);
    m_highlighted.clear();
    endResetModel();
}

int ChunksModel::rankedCount() const
{
    return m_retrieval ? static_cast<int>(m_retrieval->ranked.size()) : 0;
}

int ChunksModel::citedCount() const
{
    if (!m_retrieval) {
        return 0;
    }
    const auto cited = std::count_if(m_retrieval->ranked.begin(), m_retrieval->ranked.end(),
                                     [](const RankedChunk &ranked) { return ranked.isCited; });
    return static_cast<int>(cited) + static_cast<int>(m_retrieval->citedOnly.size());
}

const RankedChunk *ChunksModel::chunk(int row) const
{
    const auto position = static_cast<std::size_t>(row);
    const std::size_t ranked = m_retrieval->ranked.size();
    if (position < ranked) {
        return &m_retrieval->ranked[position];
    }
    if (position == ranked) {
        return nullptr;
    }
    return &m_retrieval->citedOnly[position - ranked - 1];
}

int ChunksModel::highlight(const std::vector<std::string> &slugs)
{
    m_highlighted = std::set<std::string>(slugs.begin(), slugs.end());
    m_highlighted.erase(std::string());
    int first = -1;
    for (int row = rowCount() - 1; row >= 0; --row) {
        if (index(row).data(IsHighlightedRole).toBool()) {
            first = row;
        }
    }
    if (rowCount() > 0) {
        Q_EMIT dataChanged(index(0), index(rowCount() - 1), {IsHighlightedRole});
    }
    return first;
}

void ChunksModel::retranslate()
{
    if (rowCount() > 0) {
        Q_EMIT dataChanged(index(0), index(rowCount() - 1));
    }
}

bool ChunksModel::hasSeparator() const
{
    return m_retrieval && !m_retrieval->citedOnly.empty();
}

QString ChunksModel::why(const RankedChunk &ranked) const
{
    const QLocale locale;
    QStringList parts;
    if (ranked.denseRank > 0) {
        parts << tr("meaning #%1 (cosine %2)")
                     .arg(locale.toString(static_cast<qulonglong>(ranked.denseRank)),
                          locale.toString(ranked.denseScore, 'f', 2));
    }
    if (ranked.lexicalRank > 0) {
        parts << tr("words #%1 (BM25 %2)")
                     .arg(locale.toString(static_cast<qulonglong>(ranked.lexicalRank)),
                          locale.toString(ranked.lexicalScore, 'f', 1));
    }
    if (ranked.symbolRank > 0) {
        parts << tr("symbols #%1").arg(locale.toString(static_cast<qulonglong>(ranked.symbolRank)));
    }
    return parts.join(QStringLiteral(" · "));
}

} // namespace TorchLift
