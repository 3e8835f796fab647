#include <QAction>
#include <QApplication>
#include <QElapsedTimer>
#include <QFile>
#include <QFileInfo>
#include <QLabel>
#include <QPushButton>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include "validation/runner.h"
#include "views/changebar.h"
#include "views/datadialog.h"
#include "views/mainwindow.h"
#include "views/messagebar.h"
#include "views/migratededitor.h"

using namespace TorchLift;

namespace {

const char *const kOldCode = "import torch\n"
                             "\n"
                             "A = torch.eye(2)\n"
                             "b = torch.ones(2, 1)\n"
                             "x, lu = torch.gesv(b, A)\n"
                             "print(x)\n";

} // namespace

/// The way of the user: open, migrate, choose a change, see its note, validate, cancel, Russian.
class TestMainWindow final : public QObject
{
    Q_OBJECT

    QTemporaryDir m_folder;
    Paths m_paths = Paths::standard();

    QString file(const QByteArray &content, const QString &name = QStringLiteral("old.py")) const
    {
        QFile file(m_folder.filePath(name));
        return file.open(QIODevice::WriteOnly) && file.write(content) == content.size()
                   ? file.fileName()
                   : QString();
    }

    static bool settle(const MainWindow &window, int timeoutMs = 60'000)
    {
        return QTest::qWaitFor([&window] { return window.isSettled(); }, timeoutMs);
    }

    // False where nothing can be run.
    bool opens(MainWindow &window, const QByteArray &code) const
    {
        window.setLanguage(QStringLiteral("en"));
        window.show();
        window.openFile(file(code));
        const bool isThere = QTest::qWaitFor(
            [&window] { return window.workbench()->migration() != nullptr && window.isSettled(); },
            60'000);
        const auto &ready = window.workbench()->readiness();
        return isThere && ready && ready->source && ready->target && Runner::sandboxAvailable();
    }

private Q_SLOTS:
    void init()
    {
        QApplication::setStyle(QStringLiteral("Fusion"));
        m_paths.config = m_folder.filePath(QStringLiteral("config")).toStdString();
    }

    void wholeWay()
    {
        MainWindow window(m_paths);
        window.setLanguage(QStringLiteral("en"));
        window.show();
        window.openFile(file(kOldCode));
        QVERIFY(QTest::qWaitFor(
            [&window] { return window.workbench()->migration() != nullptr && window.isSettled(); },
            60'000));
        Workbench *bench = window.workbench();
        QCOMPARE(window.oldCode()->source(), std::string(kOldCode));
        QVERIFY(bench->changes()->rowCount() >= 1);
        QVERIFY(window.newCode()->source().find("linalg.solve") != std::string::npos);

        window.chooseChange(0);
        const std::vector<std::string> &cited = bench->changes()->edit(0).changes;
        QVERIFY(!cited.empty());
        bool isShown = false;
        for (int row = 0; row < bench->chunks()->rowCount(); ++row) {
            isShown |= bench->chunks()->index(row).data(ChunksModel::IsHighlightedRole).toBool();
        }
        QVERIFY(isShown);

        const std::string accepted = window.newCode()->source();
        QVERIFY(window.newCode()->setAccepted({0}, false));
        QVERIFY(window.newCode()->source() != accepted);
        window.newCode()->undo();
        QCOMPARE(window.newCode()->source(), accepted);

        window.setLanguage(QStringLiteral("ru"));
        for (const QLabel *label : window.findChildren<QLabel *>(QStringLiteral("panelTitle"))) {
            QVERIFY2(label->text().contains(QRegularExpression(QStringLiteral("[а-я]"))),
                     qPrintable(label->text()));
        }
        window.newCode()->setModified(false);
    }

    void tableIsFilledRunByRun()
    {
        if (!Runner::sandboxAvailable()) {
            QSKIP("no sandbox here: nothing can be run");
        }
        MainWindow window(m_paths);
        window.show();
        window.openFile(file(kOldCode));
        QVERIFY(QTest::qWaitFor(
            [&window] { return window.workbench()->migration() != nullptr && window.isSettled(); },
            60'000));
        if (!window.workbench()->readiness() || !window.workbench()->readiness()->source
            || !window.workbench()->readiness()->target) {
            QSKIP("no environments here: nothing can be run");
        }
        QSignalSpy rows(window.workbench(), &Workbench::rowChanged);
        QSignalSpy validated(window.workbench(), &Workbench::validated);
        window.validate();
        QTRY_COMPARE_WITH_TIMEOUT(validated.size(), 1, 120'000);
        QVERIFY(rows.size() >= 3);
        const ResultsModel *results = window.workbench()->results();
        const auto state = [results](int column) {
            return results->index(0, column).data(ResultsModel::StateRole).toString();
        };
        QCOMPARE(state(ResultsModel::WorksOldAtSource), QStringLiteral("yes"));
        QCOMPARE(state(ResultsModel::WorksOldAtTarget), QStringLiteral("no"));
        QCOMPARE(state(ResultsModel::WorksNewAtTarget), QStringLiteral("yes"));
        QCOMPARE(state(ResultsModel::VerdictColumn), QStringLiteral("equal"));
        QVERIFY(settle(window));
    }

    // What was not accepted makes the run fail: it is offered, tried and works.
    void failedRunOffersWhatWasHeldBack()
    {
        MainWindow window(m_paths);
        MigrationSettings settings;
        settings.options.accept = Acceptance::Safe;
        window.workbench()->setSettings(settings);
        if (!opens(window, kOldCode)) {
            QSKIP("no sandbox or environments here: nothing can be run");
        }
        QVERIFY(window.newCode()->source().find("torch.gesv") != std::string::npos);
        QSignalSpy validated(window.workbench(), &Workbench::validated);
        window.validate();
        QTRY_COMPARE_WITH_TIMEOUT(validated.size(), 1, 120'000);
        auto *message = window.findChild<MessageBar *>();
        QVERIFY2(message->text().contains(QStringLiteral("held back")),
                 qPrintable(message->text()));
        QPushButton *action = nullptr;
        for (QPushButton *button : message->findChildren<QPushButton *>()) {
            action = button->text() == QStringLiteral("Try them") ? button : action;
        }
        QVERIFY(action != nullptr);
        action->click();
        QTRY_COMPARE_WITH_TIMEOUT(validated.size(), 2, 120'000);
        QVERIFY(window.newCode()->source().find("torch.linalg.solve") != std::string::npos);
        QCOMPARE(window.workbench()
                     ->results()
                     ->index(0, ResultsModel::VerdictColumn)
                     .data(ResultsModel::StateRole)
                     .toString(),
                 QStringLiteral("equal"));
        QVERIFY(window.workbench()->repairHints().isEmpty());
        QVERIFY(settle(window));
        window.newCode()->undo(); // each change that was tried can be taken back
        QVERIFY(window.newCode()->source().find("torch.gesv") != std::string::npos);
        window.newCode()->setModified(false);
    }

    void runningShowsTypes()
    {
        MainWindow window(m_paths);
        const QByteArray code = "import pickle, torch\n"
                                "keep = pickle.loads(pickle.dumps(torch.ones(2) > 0))\n"
                                "rest = 1 - keep\n";
        if (!opens(window, code)) {
            QSKIP("no sandbox or environments here: nothing can be run");
        }
        QVERIFY(window.newCode()->source().find("~keep") == std::string::npos);
        window.observe();
        QVERIFY(window.workbench()->activities().testFlag(Workbench::Observing));
        QTRY_VERIFY_WITH_TIMEOUT(
            window.newCode()->source().find("rest = ~keep") != std::string::npos, 120'000);
        QVERIFY(settle(window));
        window.newCode()->setModified(false);
    }

    // Code sees the files that the user names, and no others; each file keeps its own.
    void codeReadsWhatIsNamed()
    {
        MainWindow window(m_paths);
        const QString numbers = file("1 2 3\n", QStringLiteral("numbers.txt"));
        const QByteArray code = "import torch\n"
                                "x = torch.tensor([int(n) for n in open('numbers.txt').read()"
                                ".split()])\nprint(x.sum())\n";
        if (!opens(window, code)) {
            QSKIP("no sandbox or environments here: nothing can be run");
        }
        const auto runs = [&window](const QString &path) -> std::optional<bool> {
            QSignalSpy validated(window.workbench(), &Workbench::validated);
            window.validate();
            if (!QTest::qWaitFor([&] { return validated.size() == 1; }, 120'000)) {
                return std::nullopt;
            }
            for (const ResultRow &row : window.workbench()->results()->rows()) {
                if (row.file == QFileInfo(path).fileName().toStdString() && row.newAtTarget) {
                    return row.newAtTarget->works();
                }
            }
            return std::nullopt;
        };
        const QString script = window.workbench()->filePath();
        QCOMPARE(runs(script), false);
        for (QAction *action : window.findChildren<QAction *>()) {
            if (action->text().contains(QStringLiteral("may read"))) {
                action->trigger();
            }
        }
        auto *dialog = window.findChild<DataDialog *>();
        QVERIFY(dialog != nullptr);
        dialog->add({numbers});
        dialog->accept();
        QCOMPARE(runs(script), true);
        const QString other = file(code, QStringLiteral("other.py"));
        for (const auto &[path, works] : {std::pair(other, false), std::pair(script, true)}) {
            QSignalSpy retrieved(window.workbench(), &Workbench::retrieved);
            window.openFile(path);
            QTRY_COMPARE_WITH_TIMEOUT(retrieved.size(), 1, 60'000);
            QCOMPARE(runs(path), works);
        }
    }

    void onlyChangesThatRunInBoth()
    {
        const QByteArray code = "import torch\nx = torch.ones(1)\nx.add_(2, x)\n"
                                "y = torch.gesv(torch.ones(2, 1), torch.eye(2))[0]\n";
        {
            MainWindow window(m_paths);
            QAction *both = nullptr;
            for (QAction *action : window.findChildren<QAction *>()) {
                both = action->text().contains(QStringLiteral("also run in the old version"))
                           ? action
                           : both;
            }
            QVERIFY(both != nullptr);
            both->trigger();
            window.openFile(file(code));
            QVERIFY(QTest::qWaitFor(
                [&window] {
                    return window.workbench()->migration() != nullptr && window.isSettled();
                },
                60'000));
            QVERIFY(window.newCode()->source().find("torch.gesv") != std::string::npos);
            window.newCode()->setModified(false);
        }
        MainWindow again(m_paths); // it is remembered
        QVERIFY(again.workbench()->settings().options.keepsSource);
    }

    void cancelHalfWay()
    {
        if (!Runner::sandboxAvailable()) {
            QSKIP("no sandbox here: nothing can be run");
        }
        MainWindow window(m_paths);
        window.show();
        window.openFile(file("import time\ntime.sleep(50)\n"));
        QVERIFY(QTest::qWaitFor(
            [&window] { return window.workbench()->migration() != nullptr && window.isSettled(); },
            60'000));
        QSignalSpy validated(window.workbench(), &Workbench::validated);
        window.validate();
        QTest::qWait(1500);
        QElapsedTimer timer;
        timer.start();
        window.workbench()->cancel();
        QTRY_COMPARE_WITH_TIMEOUT(validated.size(), 1, 5000);
        QVERIFY(timer.elapsed() < 2000);
        QVERIFY(settle(window, 5000));
    }

    void badFilesSayWhatToDo_data()
    {
        QTest::addColumn<QByteArray>("content");
        QTest::addRow("binary") << QByteArray("\0\1\2", 3);
    }

    void badFilesSayWhatToDo()
    {
        QFETCH(QByteArray, content);
        MainWindow window(m_paths);
        window.show();
        QSignalSpy failed(window.workbench(), &Workbench::failed);
        window.openFile(file(content, QStringLiteral("bad.py")));
        QTRY_VERIFY(!failed.isEmpty());
        QVERIFY(!window.findChild<MessageBar *>()->text().isEmpty());
        window.openFile(m_folder.path());
        QTRY_VERIFY(failed.size() >= 2);
    }

    void syntaxErrorsStillOpen()
    {
        MainWindow window(m_paths);
        window.show();
        window.openFile(file("def f(:\n  print 'x'\n"));
        QVERIFY(QTest::qWaitFor(
            [&window] { return window.workbench()->migration() != nullptr && window.isSettled(); },
            60'000));
        QCOMPARE(window.newCode()->source(), window.oldCode()->source());
    }
};

QTEST_MAIN(TestMainWindow)
#include "tst_mainwindow.moc"
