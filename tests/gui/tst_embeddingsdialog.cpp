#include <QAbstractItemModelTester>
#include <QCheckBox>
#include <QComboBox>
#include <QDir>
#include <QLabel>
#include <QLineEdit>
#include <QMessageBox>
#include <QPushButton>
#include <QSignalSpy>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>
#include <QTranslator>

#include <filesystem>

#include <dlfcn.h>

#include "support/stubhub.h"
#include "support/stubserver.h"
#include "unit/embedding/tinymodel.h"
#include "views/embeddingsdialog.h"
#include "views/mainwindow.h"

using namespace TorchLift;
using namespace TorchLift::Testing;
using namespace std::chrono_literals;

namespace fs = std::filesystem;

/// The dialog about embedding models, and what the window does with the choice: real models with
/// few weights, and a hub on this machine.
class TestEmbeddingsDialog final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void listsWhatThereIs();
    void installsFromTheHub();
    void cancelsAndGoesOn();
    void saysWhatIsWrongWithTheHub();
    void installsFromAFolder();
    void badFolderIsNamed();
    void removes();
    void triesOut();
    void saysWhyNot_data();
    void saysWhyNot();
    void usesWhatWasChosen();
    void closingCancels();
    void reachableByKeyboard();
    void speaksRussian();
    void windowRetrievesAgain();
    void windowKeepsTheChoice();
    void cancelKeepsTheNotes();
    void missingChoiceIsSaid();

private:
    template <class Widget>
    Widget *find(const char *name)
    {
        auto *widget = m_dialog->findChild<Widget *>(QLatin1String(name));
        Q_ASSERT(widget != nullptr);
        return widget;
    }
    QPushButton *button(const char *name) { return find<QPushButton>(name); }
    QString verdict() { return find<QLabel>("embeddingVerdict")->text(); }
    QString message() { return find<QLabel>("embeddingMessage")->text(); }
    EmbeddingsModel *model() { return m_dialog->findChild<EmbeddingsModel *>(); }
    QString cell(const char *name, int column)
    {
        const int row = model()->rowOf(name);
        return row < 0 ? QString() : model()->index(row, column).data().toString();
    }
    bool settle()
    {
        return QTest::qWaitFor([this] { return m_dialog->isSettled(); }, 60'000);
    }
    void reopen(const EmbeddingChoice &used = {});
    bool choose(const char *name);
    void choose(const char *box, const char *data);
    void answer(const char *text);
    bool opens(MainWindow &window);

    std::unique_ptr<QTemporaryDir> m_root;
    fs::path m_source; // a model's folder
    Paths m_paths;
    std::unique_ptr<EmbeddingsDialog> m_dialog;
};

void TestEmbeddingsDialog::initTestCase()
{
    QLocale::setDefault(QLocale::c());
    if (!fs::exists(Paths::standard().libtorch() / "torch/lib/libtorch_cpu.so")) {
        QSKIP("libtorch is not installed: nothing can be tried out");
    }
}

void TestEmbeddingsDialog::init()
{
    m_dialog.reset();
    m_root = std::make_unique<QTemporaryDir>();
    const fs::path root = m_root->path().toStdString();
    m_paths = Paths::standard();
    const fs::path libtorch = m_paths.libtorch();
    m_paths.data = root / "data";
    m_paths.config = root / "config";
    m_paths.cache = root / "cache";
    fs::create_directories(m_paths.libtorch().parent_path());
    fs::create_directory_symlink(libtorch, m_paths.libtorch());
    m_source = root / "source";
    writeTinyModel(m_source);
    writeTinyModel(m_paths.models() / kDefaultModel);
    writeTinyModel(m_paths.models() / "own", 16);
    reopen();
}

void TestEmbeddingsDialog::reopen(const EmbeddingChoice &used)
{
    m_dialog = std::make_unique<EmbeddingsDialog>(m_paths, used);
    m_dialog->show();
    QVERIFY(settle());
}

bool TestEmbeddingsDialog::choose(const char *name)
{
    auto *table = m_dialog->findChild<QTableView *>();
    for (int row = 0; row < table->model()->rowCount(); ++row) {
        const QModelIndex index = table->model()->index(row, 0);
        if (index.data().toString() == QLatin1String(name)) {
            table->setCurrentIndex(index);
            return settle();
        }
    }
    return false;
}

void TestEmbeddingsDialog::choose(const char *box, const char *data)
{
    auto *field = find<QComboBox>(box);
    field->setCurrentIndex(field->findData(QString::fromLatin1(data)));
    QVERIFY(settle());
}

void TestEmbeddingsDialog::answer(const char *text)
{
    auto *box = m_dialog->findChild<QMessageBox *>();
    QVERIFY(box != nullptr);
    for (QAbstractButton *choice : box->buttons()) {
        if (choice->text().remove(QLatin1Char('&')) == QLatin1String(text)) {
            choice->click();
        }
    }
    QCoreApplication::sendPostedEvents(box, QEvent::DeferredDelete);
}

void TestEmbeddingsDialog::listsWhatThereIs()
{
    const QAbstractItemModelTester invariants(model());
    QCOMPARE(model()->rowCount(), int(knownModels().size()) + 1);
    QCOMPARE(cell("all-MiniLM-L6-v2", EmbeddingsModel::State), QStringLiteral("in use"));
    QCOMPARE(cell("own", EmbeddingsModel::State), QStringLiteral("installed"));
    QCOMPARE(cell("own", EmbeddingsModel::Dimension), QStringLiteral("16"));
    QVERIFY(cell("own", EmbeddingsModel::Tokens).startsWith(QLatin1String("12 ")));
    QCOMPARE(cell("e5-large-v2", EmbeddingsModel::State), QStringLiteral("not installed"));
    QCOMPARE(cell("e5-large-v2", EmbeddingsModel::Dimension), QStringLiteral("1024"));
    QVERIFY(cell("e5-large-v2", EmbeddingsModel::Tokens).startsWith(QLatin1String("512 ")));
    QVERIFY(cell("e5-large-v2", EmbeddingsModel::Size).endsWith(QLatin1String("to download")));
    QVERIFY(cell("LaBSE", EmbeddingsModel::Languages).contains(QLatin1String("Russian")));

    fs::remove(m_paths.models() / "own/vocab.txt");
    reopen();
    QCOMPARE(cell("own", EmbeddingsModel::State), QStringLiteral("cannot be used"));
}

void TestEmbeddingsDialog::installsFromTheHub()
{
    StubServer server;
    server.answerWith(StubHub(m_source));
    QVERIFY(choose("bge-small-en-v1.5"));
    QVERIFY(!button("embeddingUse")->isEnabled() && !button("embeddingRemove")->isEnabled());
    QVERIFY(verdict().contains(QLatin1String("has to be installed")));
    const QString plan = find<QLabel>("embeddingPlan")->text();
    QVERIFY2(plan.contains(QLatin1String("to download")), qPrintable(plan));
    find<QCheckBox>("embeddingNetwork")->setChecked(true);
    find<QLineEdit>("embeddingHub")
        ->setText(QStringLiteral("http://127.0.0.1:%1").arg(server.port()));
    find<QLineEdit>("embeddingKey")->setText(QStringLiteral("secret"));
    const QSignalSpy changed(m_dialog.get(), &EmbeddingsDialog::modelChanged);
    QTest::mouseClick(button("embeddingInstall"), Qt::LeftButton);
    QVERIFY(!button("embeddingInstall")->isEnabled());
    QVERIFY(settle());
    QCOMPARE(message(), QStringLiteral("bge-small-en-v1.5 is installed."));
    QCOMPARE(changed.count(), 1);
    QTRY_COMPARE(cell("bge-small-en-v1.5", EmbeddingsModel::State), QStringLiteral("installed"));
    QTRY_VERIFY_WITH_TIMEOUT(verdict().contains(QLatin1String("It works here")), 30'000);
    QVERIFY(button("embeddingUse")->isEnabled());
    for (const StubRequest &request : server.requests()) {
        QCOMPARE(request.header("authorization"), QByteArray("Bearer secret"));
    }
    // The hub is remembered, the key is not.
    const auto kept = readFile(m_paths.config / "network.json");
    QVERIFY(kept && kept->find("127.0.0.1") != std::string::npos);
    QVERIFY(kept->find("secret") == std::string::npos);
    reopen();
    QVERIFY(find<QLineEdit>("embeddingHub")->text().contains(QLatin1String("127.0.0.1")));
    QVERIFY(find<QLineEdit>("embeddingKey")->text().isEmpty());
}

void TestEmbeddingsDialog::cancelsAndGoesOn()
{
    const StubHub hub(m_source);
    StubServer server;
    std::atomic<bool> isStalling = true;
    std::atomic<int> weights = 0;
    server.answerWith([&](const StubRequest &request) {
        StubReply reply = hub(request);
        if (request.path.endsWith("model.safetensors")) {
            ++weights;
            if (isStalling) { // half of it, and nothing more
                reply.steps = {{reply.steps.front().bytes.left(1000)}};
                reply.end = StubReply::End::Hang;
            }
        }
        return reply;
    });
    QVERIFY(choose("bge-base-en"));
    find<QLineEdit>("embeddingHub")
        ->setText(QStringLiteral("http://127.0.0.1:%1").arg(server.port()));
    QTest::mouseClick(button("embeddingInstall"), Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(weights > 0, 30'000);
    QTest::qWait(200);
    QVERIFY(button("embeddingCancel")->isVisible());
    QTest::mouseClick(button("embeddingCancel"), Qt::LeftButton);
    QVERIFY(settle());
    QVERIFY2(message().contains(QLatin1String("goes on from there")), qPrintable(message()));
    QCOMPARE(cell("bge-base-en", EmbeddingsModel::State), QStringLiteral("not installed"));

    isStalling = false;
    QTest::mouseClick(button("embeddingInstall"), Qt::LeftButton);
    QVERIFY(settle());
    QCOMPARE(cell("bge-base-en", EmbeddingsModel::State), QStringLiteral("installed"));
    const auto requests = server.requests();
    QVERIFY(std::any_of(requests.begin(), requests.end(), [](const StubRequest &request) {
        return request.header("range") == "bytes=1000-";
    }));
}

void TestEmbeddingsDialog::saysWhatIsWrongWithTheHub()
{
    QVERIFY(choose("e5-large"));
    find<QLineEdit>("embeddingHub")->setText(QStringLiteral("http://127.0.0.1:1"));
    QTest::mouseClick(button("embeddingInstall"), Qt::LeftButton);
    QVERIFY(settle());
    QVERIFY2(message().contains(QLatin1String("could not be reached")), qPrintable(message()));
    find<QLineEdit>("embeddingCertificates")->setText(QStringLiteral("/nowhere/own.pem"));
    QTest::mouseClick(button("embeddingInstall"), Qt::LeftButton);
    QVERIFY(settle());
    QVERIFY2(message().contains(QLatin1String("/nowhere/own.pem")), qPrintable(message()));
}

void TestEmbeddingsDialog::installsFromAFolder()
{
    const QSignalSpy changed(m_dialog.get(), &EmbeddingsDialog::modelChanged);
    m_dialog->installFromFolder(QString::fromStdString(m_source.string()));
    QVERIFY(settle());
    QCOMPARE(message(), QStringLiteral("source is installed."));
    QCOMPARE(cell("source", EmbeddingsModel::State), QStringLiteral("installed"));
    QCOMPARE(changed.count(), 1);
    // The same name again asks first.
    m_dialog->installFromFolder(QString::fromStdString(m_source.string() + "/"));
    answer("Cancel");
    QVERIFY(settle());
    QCOMPARE(changed.count(), 1);
    m_dialog->installFromFolder(QString::fromStdString(m_source.string()));
    answer("Replace");
    QVERIFY(settle());
    QCOMPARE(changed.count(), 2);
}

void TestEmbeddingsDialog::badFolderIsNamed()
{
    fs::remove(m_source / "model.safetensors");
    m_dialog->installFromFolder(QString::fromStdString(m_source.string()));
    QVERIFY(settle());
    QVERIFY2(message().contains(QLatin1String("model.safetensors")), qPrintable(message()));
    QVERIFY(cell("source", EmbeddingsModel::State).isEmpty());
}

void TestEmbeddingsDialog::removes()
{
    reopen({"own", Precision::Bf16});
    QCOMPARE(cell("own", EmbeddingsModel::State), QStringLiteral("in use"));
    QSignalSpy chosen(m_dialog.get(), &EmbeddingsDialog::embeddingChosen);
    QTest::mouseClick(button("embeddingRemove"), Qt::LeftButton);
    auto *box = m_dialog->findChild<QMessageBox *>();
    QVERIFY(box->text().contains(QLatin1String("all-MiniLM-L6-v2 takes its place")));
    answer("Cancel");
    QVERIFY(fs::exists(m_paths.models() / "own"));
    QTest::mouseClick(button("embeddingRemove"), Qt::LeftButton);
    answer("Remove");
    QVERIFY(settle());
    QVERIFY(!fs::exists(m_paths.models() / "own"));
    QCOMPARE(message(), QStringLiteral("own is removed."));
    QCOMPARE(model()->rowOf("own"), -1);
    QCOMPARE(chosen.count(), 1);
    QVERIFY(chosen[0][0].value<EmbeddingChoice>() == EmbeddingChoice{});
}

void TestEmbeddingsDialog::triesOut()
{
    QVERIFY(choose("own"));
    QVERIFY2(verdict().contains(QLatin1String("It works here")), qPrintable(verdict()));
    QVERIFY(button("embeddingUse")->isEnabled());
    for (const char *precision : {"bf16", "int8", "int16", "fp16", "fp32"}) {
        choose("embeddingPrecision", precision);
        QVERIFY2(verdict().contains(QLatin1String("It works here")), qPrintable(verdict()));
        QVERIFY(button("embeddingUse")->isEnabled());
    }
    QVERIFY(choose("all-MiniLM-L6-v2"));
    QVERIFY(!button("embeddingUse")->isEnabled()); // it is what is used
}

void TestEmbeddingsDialog::saysWhyNot_data()
{
    QTest::addColumn<QString>("damage"); // a file of the model that goes, or is overwritten
    QTest::addColumn<QString>("said");
    QTest::addRow("no driver") << QString() << QStringLiteral("no NVIDIA driver");
    QTest::addRow("damaged") << QStringLiteral("model.safetensors")
                             << QStringLiteral("is damaged. Install it again");
}

void TestEmbeddingsDialog::saysWhyNot()
{
    QFETCH(QString, damage);
    QFETCH(QString, said);
    if (damage.isEmpty()) {
        if (::dlopen("libcuda.so.1", RTLD_NOW) != nullptr) {
            QSKIP("there is a driver");
        }
        choose("embeddingDevice", "cuda");
    } else {
        writeText(m_paths.models() / "own" / damage.toStdString(), "no weights");
        QVERIFY(choose("own"));
    }
    QVERIFY2(verdict().contains(said), qPrintable(verdict()));
    QVERIFY(!button("embeddingUse")->isEnabled());
}

void TestEmbeddingsDialog::usesWhatWasChosen()
{
    QSignalSpy chosen(m_dialog.get(), &EmbeddingsDialog::embeddingChosen);
    QVERIFY(choose("own"));
    choose("embeddingPrecision", "int8");
    if (!button("embeddingUse")->isEnabled()) {
        QSKIP("int8 is not computed here");
    }
    QTest::mouseClick(button("embeddingUse"), Qt::LeftButton);
    QCOMPARE(chosen.count(), 1);
    QVERIFY((chosen[0][0].value<EmbeddingChoice>() == EmbeddingChoice{"own", Precision::Int8}));
    QCOMPARE(cell("own", EmbeddingsModel::State), QStringLiteral("in use"));
    QCOMPARE(find<QLabel>("embeddingUsed")->text(), QStringLiteral("In use: own (int8, cpu)"));
    QVERIFY(!button("embeddingUse")->isEnabled());
}

void TestEmbeddingsDialog::closingCancels()
{
    StubServer server;
    StubReply silence;
    silence.answersAtAll = false;
    server.enqueue(silence);
    QVERIFY(choose("e5-large"));
    find<QLineEdit>("embeddingHub")
        ->setText(QStringLiteral("http://127.0.0.1:%1").arg(server.port()));
    QTest::mouseClick(button("embeddingInstall"), Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(!server.requests().empty(), 30'000);
    m_dialog->reject();
    QTRY_VERIFY_WITH_TIMEOUT(!m_dialog->isVisible(), 30'000);

    reopen(); // and while something is tried out
    find<QComboBox>("embeddingPrecision")->setCurrentIndex(1);
    QVERIFY(!m_dialog->isSettled());
    QTest::qWait(160);
    m_dialog->reject();
    QTRY_VERIFY_WITH_TIMEOUT(!m_dialog->isVisible(), 30'000);
}

// Every field that is shown and can be used has its turn with the Tab key.
void TestEmbeddingsDialog::reachableByKeyboard()
{
    find<QCheckBox>("embeddingNetwork")->setChecked(true);
    QVERIFY(choose("own"));
    std::set<QWidget *> missing;
    for (const char *name :
         {"embeddingInstall", "embeddingFolder", "embeddingRemove", "embeddingNetwork",
          "embeddingHub", "embeddingProxy", "embeddingCertificates", "embeddingKey",
          "embeddingPrecision", "embeddingDevice", "embeddingUse"}) {
        auto *widget = find<QWidget>(name);
        if (widget->isEnabled()) {
            missing.insert(widget);
        }
    }
    missing.insert(m_dialog->findChild<QTableView *>());
    QVERIFY(missing.size() >= 11);
    QWidget *first = m_dialog.get();
    for (QWidget *next = first->nextInFocusChain(); next != first;
         next = next->nextInFocusChain()) {
        if ((next->focusPolicy() & Qt::TabFocus) != 0) {
            missing.erase(next);
        }
    }
    QVERIFY(missing.empty());
}

void TestEmbeddingsDialog::speaksRussian()
{
    QTranslator russian;
    QVERIFY(russian.load(QStringLiteral(":/i18n/torchlift_ru.qm")));
    QCoreApplication::installTranslator(&russian);
    QTRY_COMPARE(m_dialog->windowTitle(), QStringLiteral("Модели эмбеддингов"));
    QCOMPARE(cell("own", EmbeddingsModel::State), QStringLiteral("установлена"));
    QCoreApplication::removeTranslator(&russian);
}

bool TestEmbeddingsDialog::opens(MainWindow &window)
{
    window.setLanguage(QStringLiteral("en"));
    window.show();
    writeText(m_root->filePath(QStringLiteral("old.py")).toStdString(),
              "import torch\nx, lu = torch.gesv(b, A)\n");
    window.openFile(m_root->filePath(QStringLiteral("old.py")));
    return QTest::qWaitFor(
        [&window] {
            return window.workbench()->chunks()->retrieval().has_value() && window.isSettled();
        },
        60'000);
}

void TestEmbeddingsDialog::windowRetrievesAgain()
{
    m_dialog.reset();
    MainWindow window(m_paths);
    QVERIFY(opens(window));
    const ChunksModel *chunks = window.workbench()->chunks();
    QVERIFY(chunks->retrieval()->embedding == EmbeddingChoice{});
    auto *field = window.findChild<QComboBox *>(QStringLiteral("embedding"));
    QCOMPARE(field->count(), 2); // what is installed
    QCOMPARE(field->currentText(), QStringLiteral("MiniLM"));
    QSignalSpy progressed(window.workbench(), &Workbench::progressed);
    field->setCurrentIndex(field->findData(QStringLiteral("own")));
    QVERIFY(window.workbench()->activities().testFlag(Workbench::Retrieving));
    QTRY_VERIFY_WITH_TIMEOUT(window.isSettled(), 60'000);
    QVERIFY(chunks->retrieval()->embedding == EmbeddingChoice{"own"});
    QVERIFY(!progressed.isEmpty());
    // And back: by the menu's dialog.
    window.showEmbeddings();
    auto *dialog = window.findChild<EmbeddingsDialog *>();
    QTRY_VERIFY_WITH_TIMEOUT(dialog->isSettled(), 60'000);
    Q_EMIT dialog->embeddingChosen({std::string(kDefaultModel), Precision::Bf16});
    QTRY_VERIFY_WITH_TIMEOUT(window.isSettled(), 60'000);
    const EmbeddingChoice bf16{std::string(kDefaultModel), Precision::Bf16};
    QVERIFY(chunks->retrieval()->embedding == bf16);
    QCOMPARE(field->currentText(), QStringLiteral("MiniLM · bf16"));
    dialog->reject();
}

void TestEmbeddingsDialog::windowKeepsTheChoice()
{
    m_dialog.reset();
    const QString session = m_root->filePath(QStringLiteral("s.torchlift"));
    const EmbeddingChoice own{"own", Precision::Bf16};
    {
        MainWindow window(m_paths);
        QVERIFY(opens(window));
        MigrationSettings settings = window.workbench()->settings();
        settings.embedding = own;
        window.workbench()->setSettings(settings);
        QTRY_VERIFY_WITH_TIMEOUT(window.isSettled(), 60'000);
        const QSignalSpy saved(window.workbench(), &Workbench::sessionSaved);
        window.saveSessionAs(session);
        QTRY_COMPARE(saved.count(), 1);
        auto *field = window.findChild<QComboBox *>(QStringLiteral("embedding"));
        field->setCurrentIndex(field->findData(QStringLiteral("own"))); // remembers it
        QTRY_VERIFY_WITH_TIMEOUT(window.isSettled(), 60'000);
    }
    MainWindow window(m_paths); // as it was left
    auto *field = window.findChild<QComboBox *>(QStringLiteral("embedding"));
    QCOMPARE(field->currentData().toString(), QStringLiteral("own"));
    QVERIFY(window.workbench()->settings().embedding == EmbeddingChoice{"own"});
    window.openFile(session); // as it was saved
    QTRY_VERIFY_WITH_TIMEOUT(window.workbench()->settings().embedding == own, 30'000);
    QTRY_COMPARE(field->currentText(), QStringLiteral("own · bf16"));
    QTRY_VERIFY_WITH_TIMEOUT(window.isSettled(), 60'000);
    QVERIFY(window.workbench()->chunks()->retrieval()->embedding == own);
}

void TestEmbeddingsDialog::cancelKeepsTheNotes()
{
    m_dialog.reset();
    MainWindow window(m_paths);
    QVERIFY(opens(window));
    MigrationSettings settings = window.workbench()->settings();
    settings.embedding.model = "own";
    window.workbench()->setSettings(settings);
    window.workbench()->cancel();
    QVERIFY(!window.workbench()->activities().testFlag(Workbench::Retrieving));
    const ChunksModel *chunks = window.workbench()->chunks();
    QTest::qWait(500); // its answer does not arrive any more
    QVERIFY(chunks->rowCount() > 0 && chunks->retrieval()->embedding == EmbeddingChoice{});
    window.migrate(); // the next time it is what was chosen
    QTRY_VERIFY_WITH_TIMEOUT(chunks->retrieval()->embedding == EmbeddingChoice{"own"}, 60'000);
}

void TestEmbeddingsDialog::missingChoiceIsSaid()
{
    m_dialog.reset();
    MainWindow window(m_paths);
    QVERIFY(opens(window));
    QSignalSpy failed(window.workbench(), &Workbench::failed);
    MigrationSettings settings = window.workbench()->settings();
    settings.embedding.model = "e5-large-v2";
    window.workbench()->setSettings(settings);
    QTRY_COMPARE_WITH_TIMEOUT(failed.count(), 1, 30'000);
    const Error error = failed[0][0].value<Error>();
    QCOMPARE(error.code, Errc::MissingPart);
    QCOMPARE(error.subject, std::string("e5-large-v2"));
    QVERIFY(QString::fromStdString(error.remedy).contains(QLatin1String("models install")));
    QTRY_VERIFY_WITH_TIMEOUT(window.isSettled(), 60'000);
    QVERIFY(!window.workbench()->readiness()->model); // the status bar says so
}

QTEST_MAIN(TestEmbeddingsDialog)
#include "tst_embeddingsdialog.moc"
