#include <chrono>

#include <QAction>
#include <QApplication>
#include <QCheckBox>
#include <QDirIterator>
#include <QFile>
#include <QLabel>
#include <QLineEdit>
#include <QMessageBox>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSettings>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include "support/stubserver.h"
#include "views/mainwindow.h"
#include "views/messagebar.h"
#include "views/migratededitor.h"
#include "views/modeldialog.h"
#include "views/modelpane.h"

using namespace TorchLift;
using namespace std::chrono_literals;

namespace {

using Clock = std::chrono::steady_clock;

const char *const kKey = "sk-window-test-0123456789";
const char *const kElsewhere = "http://elsewhere.invalid:9/v1"; // RFC 2606: nobody is there

double msBetween(Clock::time_point from, Clock::time_point to)
{
    return std::chrono::duration<double, std::milli>(to - from).count();
}

/// When a widget was painted after it had some text.
class PaintWatch final : public QObject
{
public:
    explicit PaintWatch(QPlainTextEdit *edit)
        : m_edit(edit)
    {
        edit->viewport()->installEventFilter(this);
    }

    [[nodiscard]] bool isPainted() const { return m_paintedAt != Clock::time_point(); }
    [[nodiscard]] Clock::time_point paintedAt() const { return m_paintedAt; }

    bool eventFilter(QObject *, QEvent *event) override
    {
        if (event->type() == QEvent::Paint && !isPainted() && !m_edit->toPlainText().isEmpty()) {
            m_paintedAt = Clock::now();
        }
        return false;
    }

private:
    QPlainTextEdit *m_edit;
    Clock::time_point m_paintedAt;
};

} // namespace

/// The window asks a model on a server that streams token by token.
class TestLanguageModel final : public QObject
{
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> m_folder;
    Paths m_paths;
    std::unique_ptr<MainWindow> m_window;

    QAction *action(const QString &text)
    {
        for (QAction *action : m_window->findChildren<QAction *>()) {
            if (action->text() == text) {
                return action;
            }
        }
        qFatal("no action %s", qPrintable(text));
    }

    ModelPane *pane() { return m_window->findChild<ModelPane *>(); }

    QPushButton *useButton()
    {
        for (QPushButton *button : pane()->findChildren<QPushButton *>()) {
            if (button->text() == QLatin1String("Use this code")) {
                return button;
            }
        }
        return nullptr;
    }

    bool settle()
    {
        return QTest::qWaitFor([this] { return m_window->isSettled(); }, 60'000);
    }

    bool open(const QString &path)
    {
        QFile file(path);
        if (!QDir().mkpath(QFileInfo(path).path()) || !file.open(QIODevice::WriteOnly)) {
            return false;
        }
        file.write("import torch\nx, lu = torch.gesv(b, A)\n");
        file.close();
        m_window->openFile(path);
        return QTest::qWaitFor(
            [this, path] {
                return m_window->workbench()->filePath() == path
                       && m_window->workbench()->migration() != nullptr && m_window->isSettled();
            },
            60'000);
    }

    /// As the user does: the dialog, three fields, OK.
    void setProfile(const QString &url, bool isOffline = false)
    {
        action(QStringLiteral("Language &model …"))->trigger();
        auto *dialog = m_window->findChild<ModelDialog *>();
        QVERIFY(dialog != nullptr);
        dialog->findChild<QLineEdit *>(QStringLiteral("modelUrl"))->setText(url);
        dialog->findChild<QLineEdit *>(QStringLiteral("modelName"))
            ->setText(QStringLiteral("stub"));
        dialog->findChild<QLineEdit *>(QStringLiteral("modelKey"))->setText(QLatin1String(kKey));
        dialog->findChild<QCheckBox *>()->setChecked(isOffline);
        dialog->accept();
        QTRY_VERIFY(m_window->findChild<ModelDialog *>() == nullptr);
    }

    void ask() { action(QStringLiteral("Ask model"))->trigger(); }

    QMessageBox *question() { return m_window->findChild<QMessageBox *>(); }

    void answer(QMessageBox::ButtonRole role)
    {
        QMessageBox *box = question();
        for (QAbstractButton *button : box->buttons()) {
            if (box->buttonRole(button) == role) {
                button->click();
                break;
            }
        }
        QTRY_VERIFY(question() == nullptr);
    }

    QString message() { return m_window->findChild<MessageBar *>()->text(); }

private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_paths = Paths::standard();
        m_paths.config = m_folder->filePath(QStringLiteral("config")).toStdString();
        m_paths.data = m_folder->filePath(QStringLiteral("data")).toStdString();
        m_paths.cache = m_folder->filePath(QStringLiteral("cache")).toStdString();
        m_window = std::make_unique<MainWindow>(m_paths);
        m_window->setLanguage(QStringLiteral("en"));
        m_window->show();
        QVERIFY(open(m_folder->filePath(QStringLiteral("code/old.py"))));
    }

    void cleanup() { m_window.reset(); }

    void textAppearsAsItComesAndItsCodeIsUsed()
    {
        StubServer server;
        const QString code =
            QStringLiteral("import torch\nx = torch.linalg.solve(A, b)  # модель\n");
        server.enqueue(
            StubReply::stream({QStringLiteral("```python\n"), code, QStringLiteral("```\n"),
                               QStringLiteral("The solver "), QStringLiteral("was renamed.")},
                              150ms));
        setProfile(server.address());
        QSignalSpy arrived(m_window->workbench(), &Workbench::modelTextArrived);
        QSignalSpy answered(m_window->workbench(), &Workbench::modelAnswered);
        m_window->showTab(MainWindow::ModelTab);
        const PaintWatch watch(pane()->findChild<QPlainTextEdit *>());
        ask();
        QTRY_VERIFY_WITH_TIMEOUT(watch.isPainted(), 10'000);
        QVERIFY(answered.isEmpty()); // shown long before the end
        const double delay = msBetween(server.writeTimes().front(), watch.paintedAt());
        qInfo("first token painted %.1f ms after its bytes were sent", delay);
        QVERIFY2(delay < 100, qPrintable(QString::number(delay)));
        QTRY_COMPARE_WITH_TIMEOUT(answered.size(), 1, 10'000);
        QVERIFY(arrived.size() >= 5);
        QCOMPARE(pane()->text(), QStringLiteral("The solver was renamed."));
        QVERIFY(!m_window->newCode()->source().ends_with(code.toStdString()));

        QVERIFY(useButton() != nullptr && useButton()->isVisible());
        const std::string before = m_window->newCode()->source();
        useButton()->click();
        QCOMPARE(m_window->newCode()->source(), code.toStdString());
        QSignalSpy decorated(m_window.get(), &MainWindow::decorated);
        QTRY_VERIFY(!decorated.isEmpty());
        QVERIFY(settle());
        m_window->newCode()->undo();
        QCOMPARE(m_window->newCode()->source(), before);
        m_window->newCode()->setModified(false);

        const StubRequest request = server.requests().front();
        QCOMPARE(request.header("authorization"), QByteArray("Bearer ") + kKey);
        QVERIFY(request.body.contains("torch.gesv"));
    }

    void cancelledHalfWay()
    {
        StubServer server;
        QStringList tokens;
        for (int i = 0; i < 400; ++i) {
            tokens << QStringLiteral("token %1 ").arg(i);
        }
        server.enqueue(StubReply::stream(tokens, 20ms));
        setProfile(server.address());
        QSignalSpy arrived(m_window->workbench(), &Workbench::modelTextArrived);
        const std::string before = m_window->newCode()->source();
        ask();
        QTRY_VERIFY_WITH_TIMEOUT(arrived.size() >= 5, 10'000);
        const auto cancelledAt = Clock::now();
        action(QStringLiteral("Cancel"))->trigger();
        const auto count = arrived.size();
        QVERIFY(QTest::qWaitFor(
            [this] { return m_window->workbench()->activities() == Workbench::Idle; }, 5'000));
        const double took = msBetween(cancelledAt, Clock::now());
        qInfo("cancelled within %.1f ms", took);
        QVERIFY2(took < 100, qPrintable(QString::number(took)));
        QTest::qWait(100);
        QCOMPARE(arrived.size(), count);
        QVERIFY(pane()->text().startsWith(QLatin1String("token 0 ")));
        QVERIFY(useButton() == nullptr || !useButton()->isVisible());
        QCOMPARE(m_window->newCode()->source(), before);

        server.enqueue(StubReply::stream({QStringLiteral("again")})); // it can be asked again
        QSignalSpy answered(m_window->workbench(), &Workbench::modelAnswered);
        ask();
        QTRY_VERIFY_WITH_TIMEOUT(!pane()->text().isEmpty(), 10'000);
        m_window->workbench()->cancel();
    }

    void whatWentWrongIsSaid_data()
    {
        QTest::addColumn<int>("kind");
        QTest::addRow("error page") << 0;
        QTest::addRow("wrong key") << 1;
        QTest::addRow("broken off in the middle") << 2;
        QTest::addRow("nobody listens") << 3;
        QTest::addRow("not the protocol") << 4;
        QTest::addRow("redirect elsewhere") << 5;
    }

    void whatWentWrongIsSaid()
    {
        QFETCH(int, kind);
        StubServer server;
        QString address = server.address();
        if (kind == 0) {
            server.enqueue(StubReply::body("<title>Broken</title>", "text/html", 500));
        } else if (kind == 1) {
            server.enqueue(
                StubReply::body(QByteArray("{\"error\":{\"message\":\"bad key ") + kKey + "\"}}",
                                "application/json", 401));
        } else if (kind == 2) {
            StubReply reply =
                StubReply::stream({QStringLiteral("half an "), QStringLiteral("answer")}, 30ms);
            reply.steps.pop_back();
            reply.end = StubReply::End::Reset;
            server.enqueue(reply);
        } else if (kind == 3) {
            address = QStringLiteral("http://127.0.0.1:1/v1");
        } else if (kind == 4) {
            server.enqueue(StubReply::body("hello", "text/plain"));
        } else {
            server.enqueue(StubReply::redirect("http://elsewhere.invalid/v1"));
        }
        setProfile(address);
        QSignalSpy failed(m_window->workbench(), &Workbench::failed);
        ask();
        QTRY_COMPARE_WITH_TIMEOUT(failed.size(), 1, 10'000);
        QVERIFY2(message().contains(QLatin1String("Run, Language model")), qPrintable(message()));
        QVERIFY(m_window->findChild<MessageBar *>()->isVisible());
        m_window->setLanguage(QStringLiteral("ru"));
        QTRY_VERIFY2(message().contains(QStringLiteral("Запуск")), qPrintable(message()));
        QCOMPARE(m_window->workbench()->activities(), Workbench::Activities(Workbench::Idle));
        for (const QLabel *label : m_window->findChildren<QLabel *>()) {
            QVERIFY(!label->text().contains(QLatin1String(kKey)));
        }
    }

    void stalledServerIsSaid()
    {
        StubServer server;
        StubReply stalled = StubReply::stream({QStringLiteral("half an answer")});
        stalled.steps.pop_back();
        stalled.end = StubReply::End::Hang;
        server.enqueue(stalled);
        ChatProfile profile;
        profile.baseUrl = server.address().toStdString();
        profile.name = profile.model = "stub";
        profile.stallTimeout = 1s; // the window's own is a minute
        QSignalSpy failed(m_window->workbench(), &Workbench::failed);
        m_window->workbench()->ask(profile, m_window->oldCode()->source());
        QTRY_COMPARE_WITH_TIMEOUT(failed.size(), 1, 10'000);
        QVERIFY2(message().contains(QLatin1String("Ask again")), qPrintable(message()));
        QCOMPARE(pane()->text(), QStringLiteral("half an answer"));
        QCOMPARE(m_window->workbench()->activities(), Workbench::Activities(Workbench::Idle));
    }

    void silentServerCanBeCancelled()
    {
        StubServer server;
        StubReply silent;
        silent.answersAtAll = false;
        server.enqueue(silent);
        setProfile(server.address());
        ask();
        QTRY_COMPARE_WITH_TIMEOUT(server.requests().size(), std::size_t(1), 10'000);
        const auto cancelledAt = Clock::now();
        m_window->workbench()->cancel();
        QVERIFY(QTest::qWaitFor(
            [this] { return m_window->workbench()->activities() == Workbench::Idle; }, 5'000));
        QVERIFY(msBetween(cancelledAt, Clock::now()) < 100);
    }

    void windowClosesWhileAnswering()
    {
        StubServer server;
        StubReply hanging = StubReply::stream({QStringLiteral("a"), QStringLiteral("b")});
        hanging.steps.pop_back();
        hanging.end = StubReply::End::Hang;
        server.enqueue(hanging);
        setProfile(server.address());
        ask();
        QTRY_VERIFY_WITH_TIMEOUT(!pane()->text().isEmpty(), 10'000);
        const auto closedAt = Clock::now();
        QVERIFY(m_window->close());
        m_window.reset();
        QVERIFY(msBetween(closedAt, Clock::now()) < 2'000);
    }

    void userIsAskedOncePerFolderAndHost()
    {
        setProfile(QLatin1String(kElsewhere));
        QSignalSpy started(m_window->workbench(), &Workbench::askStarted);
        ask();
        QVERIFY(question() != nullptr);
        QVERIFY(question()->text().contains(QLatin1String("elsewhere.invalid")));
        answer(QMessageBox::RejectRole);
        QTest::qWait(50);
        QCOMPARE(started.size(), 0);

        ask();
        answer(QMessageBox::AcceptRole);
        QTRY_COMPARE(started.size(), 1);
        m_window->workbench()->cancel();
        QVERIFY(settle());
        ask();
        QVERIFY(question() == nullptr);
        QTRY_COMPARE(started.size(), 2);
        m_window->workbench()->cancel();
        QVERIFY(settle());

        QVERIFY(open(m_folder->filePath(QStringLiteral("other/old.py"))));
        ask();
        QVERIFY(question() != nullptr); // another folder
        answer(QMessageBox::RejectRole);
        QVERIFY(open(m_folder->filePath(QStringLiteral("code/old.py"))));
        setProfile(QStringLiteral("http://another.invalid:9/v1"));
        ask();
        QVERIFY(question() != nullptr); // another machine
        answer(QMessageBox::RejectRole);
        QCOMPARE(started.size(), 2);
    }

    void offlineSendsNothingElsewhere()
    {
        setProfile(QLatin1String(kElsewhere), true);
        QSignalSpy started(m_window->workbench(), &Workbench::askStarted);
        ask();
        QVERIFY(question() == nullptr);
        QVERIFY(message().contains(QLatin1String("Offline")));
        QTest::qWait(50);
        QCOMPARE(started.size(), 0);

        StubServer server; // this machine is not elsewhere
        server.enqueue(StubReply::stream({QStringLiteral("yes")}));
        setProfile(server.address(), true);
        ask();
        QTRY_COMPARE_WITH_TIMEOUT(server.requests().size(), std::size_t(1), 10'000);
        m_window->workbench()->cancel();
    }

    void keyIsNowhereOnDisk()
    {
        StubServer server;
        server.enqueue(StubReply::stream({QStringLiteral("```python\nx = 1\n```\nok")}));
        setProfile(server.address());
        QSignalSpy answered(m_window->workbench(), &Workbench::modelAnswered);
        server.enqueue(StubReply::stream({QStringLiteral("fine")}));
        ask();
        QTRY_COMPARE_WITH_TIMEOUT(answered.size(), 1, 10'000);
        ask();
        QTRY_COMPARE_WITH_TIMEOUT(answered.size(), 2, 10'000);
        QSignalSpy saved(m_window->workbench(), &Workbench::sessionSaved);
        m_window->saveSessionAs(m_folder->filePath(QStringLiteral("kept.torchlift")));
        QTRY_COMPARE(saved.size(), 1);
        QVERIFY(m_window->close());
        m_window.reset(); // settings and autosave are written by now
        int files = 0;
        QDirIterator all(m_folder->path(), QDir::Files | QDir::Hidden,
                         QDirIterator::Subdirectories);
        while (all.hasNext()) {
            QFile file(all.next());
            QVERIFY(file.open(QIODevice::ReadOnly));
            QVERIFY2(!file.readAll().contains(kKey), qPrintable(file.fileName()));
            ++files;
        }
        QVERIFY(files >= 3); // the code, the settings, the session
        QVERIFY(QSettings(QString::fromStdString((m_paths.config / "window.ini").string()),
                          QSettings::IniFormat)
                    .contains(QStringLiteral("model/url")));
    }
};

QTEST_MAIN(TestLanguageModel)
#include "tst_languagemodel.moc"
