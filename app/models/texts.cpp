#include "models/texts.h"

#include <filesystem>

#include <QLocale>
#include <QStringList>

namespace TorchLift {

namespace {

QString &currentLanguage()
{
    static QString language = QStringLiteral("en");
    return language;
}

} // namespace

QString Texts::error(const Error &error)
{
    const QString subject = qstring(error.subject);
    const auto withSubject = [&subject](const QString &bare, const QString &named) {
        return subject.isEmpty() ? bare : named.arg(subject);
    };
    switch (error.code) {
    case Errc::Cancelled:
        return tr("Cancelled.");
    case Errc::InvalidArgument:
        return withSubject(tr("These settings do not fit together."),
                           tr("These settings do not fit together: %1"));
    case Errc::InvalidInput:
        return withSubject(tr("This is not text that can be migrated."),
                           tr("%1 cannot be processed."));
    case Errc::NotFound:
        return withSubject(tr("Something that is needed was not found."), tr("%1 was not found."));
    case Errc::Unreadable:
        return withSubject(tr("The file cannot be read."), tr("%1 cannot be read."));
    case Errc::Io:
        return withSubject(tr("Writing failed. Choose another place."),
                           tr("%1 could not be written. Choose another place."));
    case Errc::TooLarge:
        return withSubject(tr("This is larger than what can be processed."),
                           tr("%1 is larger than what can be processed."));
    case Errc::Damaged:
        return withSubject(tr("A file is damaged."), tr("%1 is damaged."));
    case Errc::Incompatible:
        return withSubject(tr("This was written by a newer version of TorchLift."),
                           tr("%1 was written by a newer version of TorchLift."));
    case Errc::MissingPart:
        return withSubject(tr("A part is not installed yet."), tr("%1 is not installed yet."));
    case Errc::Network:
        return withSubject(tr("The server could not be reached or answered badly."),
                           tr("%1 could not be reached or answered badly."));
    case Errc::Timeout:
        return withSubject(tr("It took longer than allowed."), tr("%1 took longer than allowed."));
    case Errc::Refused:
        return withSubject(tr("Not done, for safety."), tr("Not done, for safety: %1"));
    case Errc::Internal:
        break;
    }
    return tr("TorchLift made a mistake. The details help to report it.");
}

QString Texts::advice(const Error &error)
{
    const bool hasCommand = !error.remedy.empty();
    switch (error.code) {
    case Errc::Network:
        return tr("Check that the server runs, and address, model and key under Run, Language "
                  "model.");
    case Errc::Timeout:
        return tr("The server is silent. Ask again, or choose a smaller model under Run, Language "
                  "model.");
    case Errc::InvalidInput:
        return hasCommand ? QString() : tr("Choose Python code, saved as UTF-8 text.");
    case Errc::NotFound:
    case Errc::Unreadable:
        return hasCommand ? QString() : tr("Check that it is there and that you may read it.");
    case Errc::TooLarge:
        return hasCommand ? QString() : tr("Split it into smaller files.");
    default:
        return {};
    }
}

QString Texts::outcome(Outcome outcome)
{
    switch (outcome) {
    case Outcome::Ok:
        return tr("works");
    case Outcome::Exception:
        return tr("exception");
    case Outcome::Exit:
        return tr("left early");
    case Outcome::Signal:
        return tr("crashed");
    case Outcome::Timeout:
        return tr("time limit");
    case Outcome::Memory:
        return tr("memory limit");
    case Outcome::OutputLimit:
        return tr("output limit");
    case Outcome::Incomplete:
        return tr("no report");
    case Outcome::SandboxRefused:
        return tr("no sandbox");
    case Outcome::Cancelled:
        return tr("cancelled");
    }
    return {};
}

QString Texts::verdict(const Verdict &verdict)
{
    if (isExplained(verdict)) {
        return tr("differs, explained");
    }
    switch (verdict.kind) {
    case VerdictKind::Equal:
        return tr("equal");
    case VerdictKind::Numerical:
        return tr("equal within tolerance");
    case VerdictKind::Differs:
        return tr("differs");
    case VerdictKind::NoReference:
        return tr("no reference");
    case VerdictKind::NotCompared:
        return tr("not compared");
    case VerdictKind::RandomStream:
        return tr("random numbers differ");
    }
    return {};
}

QString Texts::verdictMeaning(const Verdict &verdict)
{
    if (isExplained(verdict)) {
        return tr("Torch itself computes differently: with its changes taken back, the new code "
                  "gives the old values.");
    }
    switch (verdict.kind) {
    case VerdictKind::Equal:
        return tr("Old and new code print the same and end with the same values.");
    case VerdictKind::Numerical:
        return tr("Old and new code agree up to rounding.");
    case VerdictKind::Differs:
        return tr("Old and new code compute something different.");
    case VerdictKind::NoReference:
        return tr("The old code does not work in its own version: there is nothing to compare "
                  "with.");
    case VerdictKind::NotCompared:
        return tr("Nothing comparable was observed.");
    case VerdictKind::RandomStream:
        return tr("The results differ only where random numbers are drawn differently.");
    }
    return {};
}

QString Texts::differenceKind(std::string_view what)
{
    const std::pair<const char *, QString> kinds[] = {
        {"output", tr("output")},
        {"dtype", tr("dtype")},
        {"shape", tr("shape")},
        {"value", tr("value")},
        {"type", tr("type")},
        {"missing", tr("name no longer there")},
        {"outcome", tr("how it ended")},
        {"random stream", tr("random numbers")},
        {"order", tr("order of lines")},
        {"warning", tr("warning")},
        {"requires_grad", tr("requires_grad")},
    };
    for (const auto &[name, text] : kinds) {
        if (what == name) {
            return text;
        }
    }
    return qstring(what);
}

QString Texts::shift(double psi)
{
    return psi < kModerateShift ? tr("no shift")
           : psi <= kMajorShift ? tr("a moderate shift")
                                : tr("a major shift");
}

QString Texts::safety(Safety safety)
{
    switch (safety) {
    case Safety::Safe:
        return tr("safe");
    case Safety::Review:
        return tr("review");
    case Safety::Behaviour:
        return tr("changes behaviour");
    }
    return {};
}

QString Texts::proof(EditProof proof)
{
    switch (proof) {
    case EditProof::NotRun:
        return tr("not validated");
    case EditProof::Proven:
        return tr("proven");
    case EditProof::NotExecuted:
        return tr("not executed");
    case EditProof::NotCompared:
        return tr("not compared");
    case EditProof::Refuted:
        return tr("refuted");
    }
    return {};
}

QString Texts::provenance(Provenance provenance)
{
    switch (provenance) {
    case Provenance::Rule:
        return tr("rule");
    case Provenance::Model:
        return tr("model");
    case Provenance::Hand:
        return tr("by hand");
    }
    return {};
}

QString Texts::evidence(Evidence evidence)
{
    switch (evidence) {
    case Evidence::Resolved:
        return tr("known from imports");
    case Evidence::Inferred:
        return tr("inferred from assignments");
    case Evidence::Observed:
        return tr("observed in a run");
    case Evidence::NameOnly:
        return tr("by name only");
    }
    return {};
}

QString Texts::residueReason(ResidueReason reason)
{
    switch (reason) {
    case ResidueReason::NoReplacement:
        return tr("no replacement");
    case ResidueReason::NeedsDecision:
        return tr("needs a decision");
    case ResidueReason::ReceiverUnknown:
        return tr("receiver unknown");
    case ResidueReason::DynamicAccess:
        return tr("dynamic access");
    case ResidueReason::Guarded:
        return tr("behind a version check");
    case ResidueReason::Conflict:
        return tr("conflicts with another change");
    case ResidueReason::Skipped:
        return tr("skipped on request");
    case ResidueReason::NotAccepted:
        return tr("change not accepted");
    case ResidueReason::NotInCatalogue:
        return tr("no rule knows it");
    case ResidueReason::TargetOnly:
        return tr("not valid in the old version");
    case ResidueReason::SyntaxError:
        return tr("syntax error");
    }
    return {};
}

QString Texts::embeddingModel(const std::string &model)
{
    const std::filesystem::path path(model); // of a folder, which may end in a slash
    const std::string name =
        (path.has_filename() ? path.filename() : path.parent_path().filename()).string();
    const ModelSpec *known = findModel(name);
    return qstring(known != nullptr ? known->label : std::string_view(name));
}

QString Texts::embedding(const EmbeddingChoice &choice)
{
    QStringList parts{embeddingModel(choice.model)};
    if (choice.precision != Precision::Fp32) {
        parts << QString::fromLatin1(precisionName(choice.precision));
    }
    if (choice.device == Device::Cuda) {
        parts << QStringLiteral("CUDA");
    }
    return parts.join(QStringLiteral(" · "));
}

QString Texts::obstacle(EmbeddingObstacle obstacle, const EmbeddingChoice &choice)
{
    const QString precision = QString::fromLatin1(precisionName(choice.precision));
    switch (obstacle) {
    case EmbeddingObstacle::NotInstalled:
        return tr("%1 is not installed here. Install it, or choose another model.")
            .arg(qstring(choice.model));
    case EmbeddingObstacle::Damaged:
        return tr("A file of %1 is damaged. Install it again.").arg(qstring(choice.model));
    case EmbeddingObstacle::NoLibtorch:
        return tr("libtorch, which computes the embeddings, is missing or damaged here. This "
                  "command gets it:");
    case EmbeddingObstacle::NoDriver:
        return tr("There is no NVIDIA driver on this machine: only the processor can compute.");
    case EmbeddingObstacle::NoCard:
        return tr("The NVIDIA driver finds no card it can use: only the processor can compute.");
    case EmbeddingObstacle::NoCudaLibraries:
        return tr("The libraries that computing on a card needs are not here. This command gets "
                  "them:");
    case EmbeddingObstacle::PrecisionNotOnDevice:
        return tr("%1 is computed on the processor only. On a card take fp16 or bf16.")
            .arg(precision);
    case EmbeddingObstacle::Other:
        break;
    }
    return {};
}

QString Texts::diskSize(qint64 bytes)
{
    constexpr qint64 gigabyte = 1'000'000'000;
    return QLocale().formattedDataSize(bytes, bytes < gigabyte ? 0 : 1, QLocale::DataSizeSIFormat);
}

QString Texts::progress(const Progress &progress)
{
    const QString stage = qstring(progress.stage);
    QString text = tr("Working");
    if (stage == QLatin1String("embedding")) {
        text = tr("Embedding release notes");
    } else if (stage == QLatin1String("loading-model")) {
        text = tr("Loading the embedding model");
    } else if (stage == QLatin1String("validating")) {
        text = tr("Validating");
    } else if (stage == QLatin1String("corpus")) {
        text = tr("Reading release notes");
    } else if (stage == QLatin1String("migrating")) {
        text = tr("Migrating");
    } else if (stage == QLatin1String("retrieving")) {
        text = tr("Searching release notes");
    } else if (stage == QLatin1String("asking")) {
        text = tr("Asking the model");
    } else if (stage == QLatin1String("installing")) {
        text = tr("Installing");
    } else if (stage == QLatin1String("bisecting")) {
        text = tr("Running in further releases");
    } else if (stage == QLatin1String("observing")) {
        text = tr("Running the old code to see types");
    } else if (stage == QLatin1String("downloading")) {
        text = tr("Downloading");
    } else if (stage == QLatin1String("copying")) {
        text = tr("Copying");
    } else if (stage == QLatin1String("checking")) {
        text = tr("Checking files");
    } else if (stage == QLatin1String("compiling")) {
        text = tr("Compiling Python modules");
    } else if (stage == QLatin1String("waiting")) {
        text = tr("Waiting for another set-up");
    }
    if (progress.total <= 0) {
        return text;
    }
    const QLocale locale;
    const auto amount = [&](double number) {
        const auto whole = static_cast<qint64>(number);
        return progress.unit == "bytes" ? diskSize(whole) : locale.toString(whole);
    };
    return tr("%1: %2 of %3").arg(text, amount(progress.done), amount(progress.total));
}

QString Texts::localized(const LocalizedText &text)
{
    const QString wanted = qstring(text.in(currentLanguage().toStdString()));
    return wanted.isEmpty() ? qstring(text.en) : wanted;
}

QString Texts::language()
{
    return currentLanguage();
}

void Texts::setLanguage(const QString &language)
{
    currentLanguage() = language;
}

} // namespace TorchLift
