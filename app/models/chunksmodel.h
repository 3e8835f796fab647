#pragma once

#include <optional>
#include <set>
#include <vector>

#include <QAbstractListModel>

#include "retrieval/retriever.h"

namespace TorchLift {

/// The retrieved release notes: the ranked ones, best first, then a line, then those that edits
/// cite but that are not among the first k, each with its true rank.
class ChunksModel final : public QAbstractListModel
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(ChunksModel)

public:
    enum Kind { Ranked, Separator, Cited };
    enum Role {
        KindRole = Qt::UserRole,
        KeyRole,
        SlugRole,
        VersionRole, ///< "1.13.0"
        ReleaseRole, ///< "PyTorch 1.13 · Deprecations"
        IdRole,      ///< "v1.13.0-6"
        RankRole,    ///< "#2"
        ScoreRole,   ///< "0.0312" in the user's locale
        WhyRole,     ///< ranks of the parts, one line
        BadgeRole,   ///< "original" or "summary"
        IsOriginalRole,
        IsCitedRole,
        IsHighlightedRole,
        TextRole,    ///< Markdown in the interface's language where there is one
        SymbolsRole, ///< QStringList
    };

    explicit ChunksModel(QObject *parent = nullptr);

    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    Qt::ItemFlags flags(const QModelIndex &index) const override;

    void setRetrieval(std::optional<Retrieval> retrieval);
    [[nodiscard]] const std::optional<Retrieval> &retrieval() const { return m_retrieval; }
    [[nodiscard]] int rankedCount() const;
    [[nodiscard]] int citedCount() const;
    /// Null for the separator.
    [[nodiscard]] const RankedChunk *chunk(int row) const;
    /// Marks the chunks of these changes; returns the first such row, -1 when there is none.
    int highlight(const std::vector<std::string> &slugs);
    void retranslate();

private:
    [[nodiscard]] bool hasSeparator() const;
    [[nodiscard]] QString why(const RankedChunk &ranked) const;

    std::optional<Retrieval> m_retrieval;
    std::set<std::string> m_highlighted;
};

} // namespace TorchLift
