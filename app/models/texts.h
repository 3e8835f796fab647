#pragma once

#include <string_view>

#include <QCoreApplication>
#include <QString>

#include "base/progress.h"
#include "base/result.h"
#include "base/text.h"
#include "migration/edit.h"
#include "models/embeddingchoice.h"
#include "validation/run.h"
#include "validation/verdict.h"

namespace TorchLift {

[[nodiscard]] inline QString qstring(std::string_view utf8)
{
    return QString::fromUtf8(utf8.data(), static_cast<qsizetype>(utf8.size()));
}

/// What core says in codes, in the interface's language.
class Texts
{
    Q_DECLARE_TR_FUNCTIONS(TorchLift::Texts)

public:
    /// One sentence: what went wrong with what. The remedy and Error::detail are shown apart.
    [[nodiscard]] static QString error(const Error &error);
    /// What the user can do about it, in a sentence; empty when the remedy is a command, or none.
    [[nodiscard]] static QString advice(const Error &error);
    [[nodiscard]] static QString outcome(Outcome outcome);
    [[nodiscard]] static QString verdict(const Verdict &verdict);
    /// What a verdict means, in one sentence.
    [[nodiscard]] static QString verdictMeaning(const Verdict &verdict);
    /// What a Difference or a Divergence is about.
    [[nodiscard]] static QString differenceKind(std::string_view what);
    /// What a PSI says of a distribution.
    [[nodiscard]] static QString shift(double psi);
    [[nodiscard]] static QString safety(Safety safety);
    [[nodiscard]] static QString proof(EditProof proof);
    [[nodiscard]] static QString provenance(Provenance provenance);
    [[nodiscard]] static QString evidence(Evidence evidence);
    [[nodiscard]] static QString residueReason(ResidueReason reason);
    /// "MiniLM · bf16 · GPU": what embeds, as short as can be.
    [[nodiscard]] static QString embedding(const EmbeddingChoice &choice);
    /// The model alone, by its short name: "MiniLM"; of a folder its name.
    [[nodiscard]] static QString embeddingModel(const std::string &model);
    /// Why a model cannot embed as chosen, and what to do about it; empty for Other.
    [[nodiscard]] static QString obstacle(EmbeddingObstacle obstacle,
                                          const EmbeddingChoice &choice);
    /// "1.3 GB", "92 MB".
    [[nodiscard]] static QString diskSize(qint64 bytes);
    /// "Embedding 12 of 300": a progress stage with its numbers, where there are any.
    [[nodiscard]] static QString progress(const Progress &progress);
    /// `text` in the language that the interface speaks now.
    [[nodiscard]] static QString localized(const LocalizedText &text);
    /// "ru" or "en": the interface's language, as set by setLanguage().
    [[nodiscard]] static QString language();
    static void setLanguage(const QString &language);
};

} // namespace TorchLift
