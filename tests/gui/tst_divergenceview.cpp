#include <QAction>
#include <QLocale>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QTextBrowser>

#include <algorithm>

#include "base/files.h"
#include "views/codeeditor.h"
#include "views/mainwindow.h"
#include "views/migratededitor.h"
#include "views/resultdetails.h"
#include "views/resultspane.h"

using namespace TorchLift;

namespace {

constexpr const char *kCode = "import torch\n"
                              "a = torch.tensor([5, 7])\n"
                              "b = a.add(2.5)\n"
                              "c = b + 1\n";

ResultRow sampleRow()
{
    Run run;
    run.outcome = Outcome::Ok;
    run.output = "<b>42</b>\n";
    run.wallMs = 12;
    run.peakMemoryBytes = 300 * 1024 * 1024;
    run.torch = Version{2, 7, 0};
    run.conditions.isCudaOnCpu = true;
    run.conditions.threads = 1;
    run.warnings = {{"UserWarning", "look here", 3, 0}, {"UserWarning", "x is deprecated", 4, 0}};
    ResultRow row{"torch.div", "case.py", run, run, run, std::nullopt, true, std::nullopt};
    row.divergence = Divergence{"value", 3, 5, 2, "b", "1.5", "2"};
    row.verdict.emplace().kind = VerdictKind::RandomStream;
    row.verdict->isNoiseMeasured = true;
    row.verdict->leftOut = {"clock"};
    row.verdict->differences = {{"value", "x", "1", "2", DistributionShift{0.3, 0.2, 10}}};
    return row;
}

} // namespace

/// Where two runs part ways first, and what the results say.
class TestDivergenceView final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        QLocale::setDefault(QLocale::c());
        m_paths = Paths::standard();
        m_paths.config = m_folder.path().toStdString();
    }

    void detailsSayEverything()
    {
        QTextBrowser browser;
        browser.setHtml(resultDetails(sampleRow()));
        const QString text = browser.toPlainText();
        for (const char *said :
             {"CUDA was mapped to the CPU", "First divergence", "Line 3", "line 5", "run number 3",
              "1.5", "PSI 0.3000", "KL 0.2000", "a major shift",
              "Left out, varies by itself: clock", "12 ms", "300 MiB", "Seed 0", "<b>42</b>"}) {
            QVERIFY2(text.contains(QLatin1String(said)), said);
        }
        const qsizetype warnings = text.indexOf(QStringLiteral("look here"));
        const qsizetype deprecations = text.indexOf(QStringLiteral("x is deprecated"));
        QVERIFY(warnings >= 0 && deprecations > warnings);
        QVERIFY(
            text.mid(warnings, deprecations - warnings).contains(QStringLiteral("deprecations")));
    }

    void bothPanesShowIt()
    {
        MainWindow window(m_paths);
        window.setLanguage(QStringLiteral("en"));
        window.show();
        const std::string path = (m_paths.config / "case.py").string();
        QVERIFY(writeFileAtomically(path, kCode));
        window.openFile(QString::fromStdString(path));
        const auto settle = [&window] {
            return QTest::qWaitFor(
                [&window] {
                    return window.workbench()->migration() != nullptr && window.isSettled();
                },
                120'000);
        };
        QVERIFY(settle());
        const auto &readiness = window.workbench()->readiness();
        if (!readiness || !readiness->source || !readiness->target || !readiness->sandbox) {
            QSKIP("both environments and a sandbox are needed");
        }
        window.setTrace(true);
        window.validate();
        QVERIFY(settle());
        QTRY_VERIFY(window.oldCode()->annotation(2).contains(QStringLiteral("int64")));
        QVERIFY(window.newCode()->annotation(2).contains(QStringLiteral("float32")));
        QVERIFY(window.oldCode()->markersAtLine(2) & (1U << CodeEditor::DivergenceMarker));
        QVERIFY(window.newCode()->markersAtLine(2) & (1U << CodeEditor::DivergenceLine));
        const auto *pane = window.findChild<ResultsPane *>();
        QVERIFY(pane != nullptr);
        const auto *details = pane->findChild<QTextBrowser *>();
        QVERIFY(details != nullptr);
        QVERIFY(details->toPlainText().contains(QStringLiteral("First divergence")));

        // It is about the texts that ran, and goes with them.
        window.newCode()->replaceText("import torch\nb = 2\n");
        QVERIFY(settle());
        QTRY_VERIFY(window.oldCode()->annotation(2).isEmpty());
        window.newCode()->setModified(false);
        window.oldCode()->setModified(false);

        MainWindow next(m_paths);
        const QList<QAction *> actions = next.findChildren<QAction *>();
        QVERIFY(std::any_of(actions.begin(), actions.end(), [](const QAction *action) {
            return action->text().contains(QStringLiteral("differs")) && action->isChecked();
        }));
    }

private:
    QTemporaryDir m_folder;
    Paths m_paths;
};

QTEST_MAIN(TestDivergenceView)
#include "tst_divergenceview.moc"
