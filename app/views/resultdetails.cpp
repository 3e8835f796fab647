#include "views/resultdetails.h"

#include <QCoreApplication>
#include <QLocale>

#include "base/text.h"
#include "models/texts.h"
#include "views/theme.h"

namespace TorchLift {

namespace {

constexpr qsizetype kLongestValue = 400; // of a difference, in characters

class Details
{
    Q_DECLARE_TR_FUNCTIONS(TorchLift::Details)

public:
    explicit Details(const ResultRow &row)
        : m_row(row)
    {}

    QString html()
    {
        addVerdict();
        addDivergence();
        addDifferences();
        addRuns();
        for (const auto &[run, title] : runs()) {
            addWarnings(*run, title);
        }
        for (const auto &[run, title] : runs()) {
            addText(title + QStringLiteral(" · ") + tr("printed"), qstring((*run)->output));
            addText(title + QStringLiteral(" · ") + tr("errors"), qstring((*run)->errorOutput));
        }
        return m_html;
    }

private:
    using NamedRun = std::pair<const std::optional<Run> *, QString>;

    [[nodiscard]] std::vector<NamedRun> runs() const
    {
        std::vector<NamedRun> all{{&m_row.oldAtSource, tr("Old code, %1")},
                                  {&m_row.oldAtTarget, tr("Old code, %1")},
                                  {&m_row.newAtTarget, tr("Migrated, %1")}};
        std::erase_if(all, [](const NamedRun &named) { return !*named.first; });
        for (auto &[run, title] : all) {
            title = title.arg(qstring((*run)->torch.toString()));
        }
        return all;
    }

    static QString coloured(const QString &text, const QColor &colour, bool isBold = false)
    {
        return QStringLiteral("<span style=\"color:%1%2\">%3</span>")
            .arg(colour.name(), isBold ? QStringLiteral("; font-weight:600") : QString(),
                 text.toHtmlEscaped());
    }

    static QString code(const std::string &text)
    {
        QString shown = qstring(text);
        if (shown.size() > kLongestValue) {
            shown = shown.left(kLongestValue) + QChar(0x2026);
        }
        return QStringLiteral("<code>%1</code>")
            .arg(shown.isEmpty() ? QStringLiteral("–") : shown.toHtmlEscaped());
    }

    void addHeading(const QString &text)
    {
        m_html += QStringLiteral("<p style=\"color:%1; margin:8px 0 2px 0\">%2</p>")
                      .arg(Theme::current().muted.name(), text.toHtmlEscaped());
    }

    void addParagraph(const QString &html)
    {
        m_html += QStringLiteral("<p style=\"margin:1px 0\">%1</p>").arg(html);
    }

    void addText(const QString &title, const QString &text)
    {
        if (!text.trimmed().isEmpty()) {
            addHeading(title);
            m_html += QStringLiteral("<pre style=\"margin:0; white-space:pre-wrap\">%1</pre>")
                          .arg(text.toHtmlEscaped());
        }
    }

    void addVerdict()
    {
        const Theme &theme = Theme::current();
        if (m_row.oldAtSource && m_row.oldAtSource->conditions.isCudaOnCpu) {
            addParagraph(coloured(tr("CUDA was mapped to the CPU."), theme.warning, true));
        }
        if (!m_row.verdict) {
            return;
        }
        const Verdict &verdict = *m_row.verdict;
        const bool isBad = verdict.kind == VerdictKind::Differs && !isExplained(verdict);
        const QColor colour = agrees(verdict.kind) ? theme.good : isBad ? theme.bad : theme.warning;
        addParagraph(coloured(Texts::verdict(verdict), colour, true) + QStringLiteral(" · ")
                     + tr("%n value(s) compared", nullptr, static_cast<int>(verdict.compared))
                           .toHtmlEscaped());
        addParagraph(Texts::verdictMeaning(verdict).toHtmlEscaped());
        if (verdict.isNoiseMeasured) {
            addParagraph(
                coloured(tr("Numerical noise was measured: the old code ran once more with "
                            "its parameters moved by one unit in the last place."),
                         theme.muted));
        }
        if (isExplained(verdict)) {
            addParagraph(tr("Explained by: %1")
                             .arg(qstring(joined(verdict.explainedBy, ", ")))
                             .toHtmlEscaped());
        }
        for (const std::string &name : verdict.leftOut) {
            addParagraph(coloured(name.empty()
                                      ? tr("Left out: printed numbers that vary by "
                                           "themselves")
                                      : tr("Left out, varies by itself: %1").arg(qstring(name)),
                                  theme.muted));
        }
    }

    void addDivergence()
    {
        if (!m_row.isTraced) {
            return;
        }
        addHeading(tr("First divergence"));
        if (!m_row.divergence) {
            addParagraph(tr("None: every line that both ran assigned the same.").toHtmlEscaped());
            return;
        }
        const Divergence &divergence = *m_row.divergence;
        const QLocale locale;
        QString place =
            tr("Line %1, in the migrated code line %2")
                .arg(locale.toString(divergence.oldLine), locale.toString(divergence.newLine));
        if (divergence.visit > 0) {
            place += QStringLiteral(", ")
                     + tr("run number %1 of it").arg(locale.toString(divergence.visit + 1));
        }
        addParagraph(QStringLiteral("<a href=\"%1\" style=\"color:%2\">%3</a> · %4 · %5")
                         .arg(QLatin1String(kDivergenceLink), Theme::current().accent.name(),
                              place.toHtmlEscaped(),
                              Texts::differenceKind(divergence.what).toHtmlEscaped(),
                              code(divergence.name)));
        addParagraph(code(divergence.oldValue) + QStringLiteral(" → ") + code(divergence.newValue));
    }

    void addDifferences()
    {
        if (!m_row.verdict || m_row.verdict->differences.empty()) {
            return;
        }
        addHeading(tr("Differences"));
        for (const Difference &difference : m_row.verdict->differences) {
            addParagraph(Texts::differenceKind(difference.what).toHtmlEscaped()
                         + (difference.name.empty() ? QString()
                                                    : QStringLiteral(" · ") + code(difference.name))
                         + QStringLiteral(": ") + code(difference.oldValue) + QStringLiteral(" → ")
                         + code(difference.newValue));
            if (difference.distribution) {
                const QLocale locale;
                const DistributionShift &shift = *difference.distribution;
                addParagraph(coloured(
                    tr("Distribution: PSI %1, KL %2 in %3 bins: %4")
                        .arg(locale.toString(shift.psi, 'f', 4), locale.toString(shift.kl, 'f', 4),
                             locale.toString(int(shift.bins)), Texts::shift(shift.psi)),
                    Theme::current().muted));
            }
        }
    }

    void addRuns()
    {
        if (runs().empty()) {
            return;
        }
        addHeading(tr("Runs"));
        const QLocale locale;
        const Theme &theme = Theme::current();
        m_html += QStringLiteral("<table cellspacing=\"0\" cellpadding=\"2\">");
        for (const auto &[run, title] : runs()) {
            const Run &one = **run;
            const QString state = one.works()       ? tr("works")
                                  : one.lacksCuda() ? tr("needs a CUDA card")
                                                    : Texts::outcome(one.outcome);
            m_html += QStringLiteral("<tr><td>%1&nbsp;&nbsp;</td><td>%2&nbsp;&nbsp;</td>"
                                     "<td align=\"right\">%3&nbsp;&nbsp;</td>"
                                     "<td align=\"right\">%4</td></tr>")
                          .arg(title.toHtmlEscaped(),
                               coloured(state, one.works() ? theme.good : theme.bad),
                               tr("%1 ms").arg(locale.toString(one.wallMs, 'f', 0)),
                               tr("%1 MiB").arg(locale.toString(
                                   static_cast<qlonglong>(one.peakMemoryBytes / (1024 * 1024)))));
        }
        m_html += QStringLiteral("</table>");
        const Run &first = **runs().front().first;
        addParagraph(coloured(tr("Seed %1, %n thread(s)", nullptr, first.conditions.threads)
                                  .arg(locale.toString(first.conditions.seed)),
                              theme.muted));
        if (first.lacksCuda()) {
            addParagraph(tr("This code asks for a CUDA card, and none is here. Run, Map CUDA to "
                            "the CPU, runs it on the CPU in both versions.")
                             .toHtmlEscaped());
        }
    }

    void addWarnings(const std::optional<Run> &run, const QString &title)
    {
        for (const bool isDeprecated : {false, true}) {
            QString lines;
            for (const RunWarning &warning : run->warnings) {
                if (isDeprecation(warning) == isDeprecated) {
                    lines += tr("line %1: %2").arg(warning.line).arg(qstring(warning.message))
                             + QLatin1Char('\n');
                }
            }
            addText(title + QStringLiteral(" · ")
                        + (isDeprecated ? tr("deprecations") : tr("warnings")),
                    lines);
        }
    }

    const ResultRow &m_row;
    QString m_html;
};

} // namespace

QString resultDetails(const ResultRow &row)
{
    return Details(row).html();
}

} // namespace TorchLift
