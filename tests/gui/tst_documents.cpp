#include <QApplication>
#include <QClipboard>
#include <QDir>
#include <QDropEvent>
#include <QFile>
#include <QLabel>
#include <QListView>
#include <QMimeData>
#include <QProcess>
#include <QPushButton>
#include <QRegularExpression>
#include <QSettings>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QUrl>

#include "services/documentservice.h"
#include "views/aboutdialog.h"
#include "views/mainwindow.h"
#include "views/messagebar.h"
#include "views/migratededitor.h"
#include "views/modeldialog.h"

using namespace TorchLift;

namespace {

const char *const kOldCode = "import torch\nx, lu = torch.gesv(b, A)\n";

} // namespace

/// How code and sessions come in and go out, and that nothing is lost on the way.
class TestDocuments final : public QObject
{
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> m_folder;
    Paths m_paths;

    QString write(const QString &name, const QByteArray &content) const
    {
        QFile file(m_folder->filePath(name));
        return file.open(QIODevice::WriteOnly) && file.write(content) == content.size()
                   ? file.fileName()
                   : QString();
    }

    static bool migrated(MainWindow &window, int timeoutMs = 60'000)
    {
        return QTest::qWaitFor(
            [&window] { return window.workbench()->migration() != nullptr && window.isSettled(); },
            timeoutMs);
    }

    QStringList autosaves() const
    {
        const QDir sessions(QString::fromStdString((m_paths.data / "sessions").string()));
        return sessions.entryList({QStringLiteral("*.torchlift")}, QDir::Files);
    }

    static ResultRow row()
    {
        ResultRow row;
        row.api = "torch.gesv";
        row.file = "old.py";
        row.oldAtSource = Run{};
        row.oldAtSource->outcome = Outcome::Ok;
        row.oldAtSource->output = "1, \"2\"\n3\n";
        row.oldAtTarget = Run{};
        row.oldAtTarget->outcome = Outcome::Exception;
        row.oldAtTarget->errorMessage = "нет такого";
        row.newAtTarget = row.oldAtSource;
        row.verdict.emplace().kind = VerdictKind::Equal;
        return row;
    }

private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_paths = Paths::standard();
        m_paths.config = m_folder->filePath(QStringLiteral("config")).toStdString();
        m_paths.data = m_folder->filePath(QStringLiteral("data")).toStdString();
        m_paths.cache = m_folder->filePath(QStringLiteral("cache")).toStdString();
    }

    void sessionComesBackWhole()
    {
        const QString path = m_folder->filePath(QStringLiteral("a.torchlift"));
        std::string typed;
        {
            MainWindow window(m_paths);
            window.openFile(write(QStringLiteral("old.py"), kOldCode));
            QVERIFY(migrated(window));
            window.newCode()->insertAt(QStringLiteral("# своё\n"), 0, 0);
            typed = window.newCode()->source();
            QSignalSpy saved(window.workbench(), &Workbench::sessionSaved);
            window.saveSessionAs(path);
            QTRY_COMPARE(saved.size(), 1);
            QVERIFY(!window.newCode()->isModified());
        }
        QFile session(path); // what was typed is an edit of its own there
        QVERIFY(session.open(QIODevice::ReadOnly));
        QVERIFY(session.readAll().contains("\"provenance\": \"hand\""));
        MainWindow window(m_paths);
        window.openFile(path);
        QVERIFY(migrated(window));
        for (const Edit &edit : window.workbench()->migration()->edits) {
            QVERIFY(edit.provenance != Provenance::Hand);
        }
        QCOMPARE(window.oldCode()->source(), std::string(kOldCode));
        QCOMPARE(window.newCode()->source(), typed);
        QVERIFY(window.workbench()->changes()->rowCount() >= 1);
        QVERIFY(window.workbench()->chunks()->retrieval().has_value());
        QCOMPARE(window.workbench()->fileName(), QStringLiteral("old.py"));
        window.newCode()->setModified(false);
    }

    void damagedSessionIsSaid()
    {
        MainWindow window(m_paths);
        QSignalSpy failed(window.workbench(), &Workbench::failed);
        window.openFile(write(QStringLiteral("bad.torchlift"), "{\"schema\": 1, \"migration\": 3"));
        QTRY_COMPARE(failed.size(), 1);
        QVERIFY(window.findChild<MessageBar *>()->text().contains(QLatin1String("bad.torchlift")));
    }

    void windowsKeepApartWhatACrashMustNotLose()
    {
        MainWindow first(m_paths);
        MainWindow second(m_paths);
        first.openFile(write(QStringLiteral("first.py"), kOldCode));
        second.openFile(write(QStringLiteral("second.py"), "import torch\n"));
        QVERIFY(migrated(first));
        QVERIFY(migrated(second));
        QTRY_COMPARE(autosaves().size(), 2);
        QVERIFY(first.workbench()->abandonedSession().isEmpty()); // its owner is alive
        QVERIFY(second.workbench()->abandonedSession().isEmpty());
        QVERIFY(first.close());
        QTRY_COMPARE(autosaves().size(), 1);
        QVERIFY(second.close());
        QTRY_COMPARE(autosaves().size(), 0);
    }

    void crashLosesNothing()
    {
        const QString code = write(QStringLiteral("crashed.py"), kOldCode);
        QProcess program;
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(QStringLiteral("TORCHLIFT_HOME"), m_folder->path());
        environment.insert(QStringLiteral("TORCHLIFT_RESOURCES"),
                           QString::fromStdString(m_paths.resources.string()));
        program.setProcessEnvironment(environment);
        program.start(QStringLiteral(TORCHLIFT_PROGRAM), {code});
        QVERIFY(program.waitForStarted());
        QTRY_COMPARE_WITH_TIMEOUT(autosaves().size(), 1, 30'000);
        program.kill();
        QVERIFY(program.waitForFinished());

        MainWindow window(m_paths);
        window.show();
        window.offerRecovery();
        auto *bar = window.findChild<MessageBar *>();
        QVERIFY(bar->isVisible());
        MainWindow other(m_paths); // offers the same; only one of them gets it
        other.offerRecovery();
        for (QPushButton *button : bar->findChildren<QPushButton *>()) {
            if (button->isVisible()) {
                button->click();
                break;
            }
        }
        QVERIFY(migrated(window));
        QCOMPARE(window.oldCode()->source(), std::string(kOldCode));
        QCOMPARE(window.workbench()->filePath(), code);
        QVERIFY(other.workbench()->abandonedSession().isEmpty());
        QCOMPARE(autosaves().size(), 1); // the window's own now
        window.newCode()->setModified(false);
        QVERIFY(window.close());
        QTRY_COMPARE(autosaves().size(), 0);
    }

    void whatWasAskedToBeSavedIsWrittenAtClosing()
    {
        const int count = 30;
        {
            DocumentService service;
            for (int i = 0; i < count; ++i) {
                service.saveCode(m_folder->filePath(QStringLiteral("%1.py").arg(i)),
                                 std::string(200'000, 'x'), {});
            }
        }
        for (int i = 0; i < count; ++i) {
            QCOMPARE(QFileInfo(m_folder->filePath(QStringLiteral("%1.py").arg(i))).size(),
                     qint64(200'000));
        }
    }

    void fileIsDropped()
    {
        MainWindow window(m_paths);
        window.show();
        QMimeData data;
        data.setUrls({QUrl::fromLocalFile(write(QStringLiteral("dropped.py"), kOldCode))});
        QDragEnterEvent enter(QPoint(100, 100), Qt::CopyAction, &data, Qt::LeftButton, {});
        QApplication::sendEvent(&window, &enter);
        QVERIFY(enter.isAccepted());
        QDropEvent drop(QPointF(100, 100), Qt::CopyAction, &data, Qt::LeftButton, {});
        QApplication::sendEvent(&window, &drop);
        QVERIFY(migrated(window));
        QCOMPARE(window.oldCode()->source(), std::string(kOldCode));

        QMimeData two; // which one is meant nobody can know
        two.setUrls(
            {QUrl::fromLocalFile(QStringLiteral("/a")), QUrl::fromLocalFile(QStringLiteral("/b"))});
        QDragEnterEvent many(QPoint(100, 100), Qt::CopyAction, &two, Qt::LeftButton, {});
        many.ignore();
        QApplication::sendEvent(&window, &many);
        QVERIFY(!many.isAccepted());
    }

    void codeIsPasted()
    {
        MainWindow window(m_paths);
        window.show();
        QApplication::clipboard()->setText(QStringLiteral("  \n"));
        window.paste();
        QVERIFY(window.findChild<MessageBar *>()->isVisible());
        QVERIFY(window.workbench()->migration() == nullptr);
        QApplication::clipboard()->setText(QString::fromLatin1(kOldCode));
        window.paste();
        QVERIFY(migrated(window));
        QCOMPARE(window.oldCode()->source(), std::string(kOldCode));
        QVERIFY(window.workbench()->filePath().isEmpty());
        QVERIFY(window.newCode()->source().find("linalg.solve") != std::string::npos);
    }

    void resultsGoOutAndComeBack()
    {
        Workbench bench(m_paths);
        bench.results()->setRow(row());
        const QString path = m_folder->filePath(QStringLiteral("table.csv"));
        bench.exportResults(path);
        QTRY_VERIFY(QFile::exists(path));
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QVERIFY(file.readLine().startsWith("API,Is work in 1.0.0,Out 1.0.0,Err 1.0.0"));

        Workbench other(m_paths);
        other.importResults(path);
        QTRY_COMPARE(other.results()->rowCount(), 1);
        const auto text = [&other](int column) {
            return other.results()->index(0, column).data().toString();
        };
        QCOMPARE(text(ResultsModel::Api), QStringLiteral("torch.gesv"));
        for (const int column : {ResultsModel::WorksOldAtSource, ResultsModel::WorksOldAtTarget,
                                 ResultsModel::WorksNewAtTarget, ResultsModel::VerdictColumn}) {
            const auto state = [column](Workbench &owner) {
                return owner.results()->index(0, column).data(ResultsModel::StateRole).toString();
            };
            QVERIFY(!state(bench).isEmpty());
            QCOMPARE(state(other), state(bench));
        }
    }

    void tableWithRussianHeadingsComesIn()
    {
        Workbench bench(m_paths);
        bench.importResults(
            write(QStringLiteral("ru.csv"),
                  ",API,Работает в 1.0.0,Out 1.0.0,Err 1.0.0,Работает в 2.7.0,Out 2.7.0,Err 2.7.0,"
                  "Is work in 2.7.0 (после RAG),RAG Out 2.7.0,RAG Err 2.7.0\n"
                  "0,torch.gesv,True,1,,False,,AttributeError,True,1,\n"));
        QTRY_COMPARE(bench.results()->rowCount(), 1);
        QSignalSpy failed(&bench, &Workbench::failed);
        bench.importResults(write(QStringLiteral("no.csv"), "a,b\n1,2\n"));
        QTRY_COMPARE(failed.size(), 1);
        QCOMPARE(bench.results()->rowCount(), 1); // what was there stays
    }

    void twentyThousandLines()
    {
        QByteArray code = "import torch\n";
        while (code.count('\n') < 20'000) {
            code += "y = x + 1\n# what happens here\nx, lu = torch.gesv(b, A)\n"
                    + QByteArray("z = y * 2\n").repeated(1996);
        }
        MainWindow window(m_paths);
        window.show();
        QElapsedTimer timer;
        timer.start();
        window.openFile(write(QStringLiteral("long.py"), code));
        QVERIFY(migrated(window, 120'000));
        qInfo("20,000 lines opened, migrated and drawn in %lld ms",
              static_cast<long long>(timer.elapsed()));
        QVERIFY(window.workbench()->changes()->rowCount() >= 10);
        QVERIFY(window.newCode()->source().find("linalg.solve") != std::string::npos);
        window.chooseChange(9);
        QVERIFY(window.newCode()->source().size() > 100'000);
    }

    void fileThatVanishesStaysMigratable()
    {
        const QString path = write(QStringLiteral("gone.py"), kOldCode);
        MainWindow window(m_paths);
        QSignalSpy opened(window.workbench(), &Workbench::opened);
        connect(window.workbench(), &Workbench::opened, &window, [path] { QFile::remove(path); });
        window.openFile(path);
        QVERIFY(migrated(window));
        window.migrate();
        QVERIFY(migrated(window));
        QCOMPARE(window.oldCode()->source(), std::string(kOldCode));
        QSignalSpy failed(window.workbench(), &Workbench::failed);
        window.openFile(path); // but it cannot be opened again: what is shown stays
        QTRY_COMPARE(failed.size(), 1);
        QVERIFY(window.findChild<MessageBar *>()->text().contains(QLatin1String("gone.py")));
        QCOMPARE(window.oldCode()->source(), std::string(kOldCode));
    }

    void openDialogsFollowTheLanguage()
    {
        MainWindow window(m_paths);
        window.setLanguage(QStringLiteral("en"));
        ModelDialog model(m_paths, {}, false);
        AboutDialog about;
        QCOMPARE(model.windowTitle(), QStringLiteral("Language model"));
        window.setLanguage(QStringLiteral("ru"));
        QTRY_COMPARE(model.windowTitle(), QStringLiteral("Языковая модель"));
        QTRY_COMPARE(about.windowTitle(), QStringLiteral("О TorchLift"));
        for (const QLabel *label : model.findChildren<QLabel *>()) {
            QVERIFY2(label->text().isEmpty()
                         || label->text().contains(QRegularExpression(QStringLiteral("[а-я]"))),
                     qPrintable(label->text()));
        }
        window.setLanguage(QStringLiteral("en"));
        QTRY_COMPARE(about.windowTitle(), QStringLiteral("About TorchLift"));
    }

    void notesBeginWithTheBest()
    {
        MainWindow window(m_paths);
        window.resize(1280, 800);
        window.show();
        window.openFile(write(QStringLiteral("old.py"), kOldCode));
        QVERIFY(migrated(window));
        auto *list = window.findChild<QListView *>(QStringLiteral("notes"));
        QVERIFY(list != nullptr);
        QCOMPARE(list->indexAt(QPoint(20, 10)).row(), 0);
    }
};

QTEST_MAIN(TestDocuments)
#include "tst_documents.moc"
