// What the services answer, and what becomes of it.
#include "services/workbench.h"

#include "models/texts.h"

namespace TorchLift {

namespace {

/// Whatever was wrong with a model's answer is said as the server's fault, with its details.
Error asServerFault(Error error)
{
    if (error.code != Errc::Timeout) {
        error.code = Errc::Network;
    }
    return error;
}

/// A model goes by its name, not by one of its files; and what it cannot do is a matter of
/// settings.
Error aboutModel(Error error, const EmbeddingChoice &choice)
{
    if (error.subject.find(choice.model) == std::string::npos) {
        return error;
    }
    switch (obstacleOf(error, choice)) {
    case EmbeddingObstacle::NotInstalled:
    case EmbeddingObstacle::Damaged:
        error.subject = choice.model;
        break;
    case EmbeddingObstacle::PrecisionNotOnDevice:
        error.code = Errc::InvalidArgument;
        error.subject = describe(choice);
        break;
    default:
        break;
    }
    return error;
}

} // namespace

void Workbench::connectDocuments()
{
    connect(&m_documents, &DocumentService::opened, this,
            [this](const QString &path, const Result<SourceText> &source) {
                finish(Opening);
                if (source) {
                    adopt(path, *source);
                } else {
                    fail(source.error());
                }
            });
    connect(&m_documents, &DocumentService::sessionOpened, this,
            [this](const QString &path, const Result<Session> &session) {
                finish(Opening);
                if (session) {
                    restore(path, *session);
                } else {
                    fail(session.error());
                }
            });
    connect(&m_documents, &DocumentService::codeSaved, this,
            [this](const QString &path, const Result<void> &result) {
                if (result) {
                    Q_EMIT logged(tr("Saved %1").arg(path));
                    Q_EMIT saved(path);
                } else {
                    fail(result.error());
                }
            });
    connect(&m_documents, &DocumentService::sessionSaved, this,
            [this](const QString &path, const Result<void> &result, bool isAutomatic) {
                if (!result && isAutomatic) {
                    Q_EMIT logged(Texts::error(result.error()));
                } else if (!result) {
                    fail(result.error());
                } else if (!isAutomatic) {
                    Q_EMIT logged(tr("Saved %1").arg(path));
                    Q_EMIT sessionSaved(path);
                }
            });
    connect(&m_documents, &DocumentService::resultsSaved, this,
            [this](const QString &path, const Result<void> &result) {
                if (result) {
                    Q_EMIT logged(tr("Saved %1").arg(path));
                } else {
                    fail(result.error());
                }
            });
    connect(&m_documents, &DocumentService::resultsRead, this,
            [this](const QString &path, const Result<std::vector<ImportedRow>> &rows) {
                if (rows) {
                    m_results.setImported(*rows);
                    Q_EMIT logged(
                        tr("%n result(s) read from %1", nullptr, static_cast<int>(rows->size()))
                            .arg(path));
                } else {
                    fail(rows.error());
                }
            });
}

void Workbench::connectMigration()
{
    connect(&m_migrations, &MigrationService::inspected, this,
            [this](const Result<Readiness> &readiness) {
                m_isInspected = true;
                if (readiness) {
                    m_readiness = *readiness;
                    keepWarm();
                    Q_EMIT readinessChanged();
                } else {
                    fail(readiness.error());
                }
            });
    connect(&m_migrations, &MigrationService::migrated, this,
            [this](const Result<Migration> &result) {
                finish(Migrating);
                if (!result) {
                    fail(result.error());
                    return;
                }
                m_migration = std::make_shared<const Migration>(*result);
                m_result.reset();
                m_prompt.clear();
                m_answer.clear();
                m_explanation.clear();
                m_residues.setMigration(m_migration);
                Q_EMIT logged(
                    tr("%n change(s) found", nullptr, static_cast<int>(result->edits.size())));
                Q_EMIT migrated(m_migration);
                retrieve();
            });
    connect(&m_migrations, &MigrationService::retrieved, this,
            [this](const Result<Retrieval> &retrieval) {
                finish(Retrieving);
                if (!retrieval) {
                    fail(aboutModel(retrieval.error(), m_settings.embedding));
                    return;
                }
                m_chunks.setRetrieval(*retrieval);
                Q_EMIT logged(tr("%n release note(s) found by %1", nullptr, m_chunks.rankedCount())
                                  .arg(retrieval->embedding
                                           ? Texts::embedding(*retrieval->embedding)
                                           : tr("words and symbols only")));
                Q_EMIT retrieved();
            });
    connect(
        &m_migrations, &MigrationService::promptPrepared, this,
        [this](const Result<std::string> &prompt) {
            if (!prompt) {
                finish(Asking);
                fail(prompt.error());
                return;
            }
            m_prompt = *prompt;
            Q_EMIT logged(
                tr("Asking %1 at %2").arg(qstring(m_profile.model), qstring(m_profile.baseUrl)));
            Q_EMIT askStarted();
            m_chat.ask(m_profile, m_prompt);
        });
    connect(&m_migrations, &MigrationService::progressed, this, &Workbench::progressed);
}

void Workbench::connectValidation()
{
    connect(&m_validations, &ValidationService::rowChanged, this, [this](const ResultRow &row) {
        m_result = row;
        m_results.setRow(row);
        Progress progress;
        progress.stage = "validating";
        progress.done =
            (row.oldAtSource ? 1 : 0) + (row.oldAtTarget ? 1 : 0) + (row.newAtTarget ? 1 : 0);
        progress.total = 3;
        Q_EMIT progressed(progress);
        Q_EMIT rowChanged();
    });
    connect(&m_validations, &ValidationService::validated, this,
            [this](const Result<ValidationAnswer> &answer) {
                finish(Validating);
                m_results.finishRow(fileName().toStdString());
                if (answer) {
                    m_result = answer->row;
                    m_results.setRow(answer->row);
                    m_results.finishRow(answer->row.file);
                    m_changes.setProofs(answer->edits);
                    findRepairHints();
                    if (answer->row.verdict) {
                        Q_EMIT logged(tr("Verdict: %1").arg(Texts::verdict(*answer->row.verdict)));
                    }
                } else if (answer.error().code != Errc::Cancelled) {
                    fail(answer.error());
                }
                Q_EMIT validated(answer.has_value());
            });
    connect(&m_validations, &ValidationService::progressed, this, &Workbench::progressed);
    connect(&m_validations, &ValidationService::stepMade, this, [this](const BisectStep &step) {
        const QString release = qstring(step.release.toString());
        Q_EMIT logged(tr("torch %1: %2").arg(release, Texts::outcome(step.run.outcome)));
    });
    connect(&m_validations, &ValidationService::bisected, this, &Workbench::adoptBisection);
    connect(&m_validations, &ValidationService::observed, this, &Workbench::adoptObservations);
}

void Workbench::connectCases()
{
    connect(&m_validations, &ValidationService::caseDone, this,
            [this](const BatchResult &result, qint64 done, qint64 all) {
                if (result.row) {
                    m_results.setRow(*result.row);
                    m_results.finishRow(result.row->file);
                } else {
                    Q_EMIT logged(
                        tr("%1 was not run: %2").arg(qstring(result.name), qstring(result.fault)));
                }
                Progress progress;
                progress.stage = "validating";
                progress.done = static_cast<double>(done);
                progress.total = static_cast<double>(all);
                Q_EMIT progressed(progress);
            });
    connect(&m_validations, &ValidationService::casesValidated, this,
            [this](const Result<void> &outcome) {
                finish(Validating);
                if (outcome) {
                    Q_EMIT logged(tr("All cases have been run."));
                } else if (outcome.error().code != Errc::Cancelled) {
                    fail(outcome.error());
                }
            });
}

void Workbench::connectChat()
{
    connect(&m_chat, &ChatService::textArrived, this, [this](const QString &text) {
        m_answer += text.toStdString();
        Q_EMIT modelTextArrived(text);
    });
    connect(&m_chat, &ChatService::answered, this, [this](const Result<ModelMigration> &answer) {
        finish(Asking);
        if (!answer) {
            m_prompt.clear();
            Q_EMIT modelStopped();
            if (answer.error().code != Errc::Cancelled) {
                fail(asServerFault(answer.error()));
            }
            return;
        }
        m_answer = answer->answer;
        m_explanation = answer->parts.explanation;
        Q_EMIT modelAnswered(qstring(answer->parts.code), qstring(m_explanation),
                             answer->parts.isCutOff);
    });
}

} // namespace TorchLift
