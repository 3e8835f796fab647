#include <QAbstractItemModelTester>
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

#include "support/fakeinstaller.h"
#include "validation/packageinstaller.h"
#include "views/environmentsdialog.h"

using namespace TorchLift;

namespace fs = std::filesystem;

/// The dialog from an empty folder to an environment that is installed, completed, broken,
/// repaired and removed.
class TestEnvironmentsDialog final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void installs();
    void cancels();
    void addsAndRepairs();
    void removes();
    void saysWhatIsWrong();
    void closingCancels();
    void speaksRussian();

private:
    template <class Widget>
    Widget *find(const char *name)
    {
        auto *widget = m_dialog->findChild<Widget *>(QLatin1String(name));
        Q_ASSERT(widget != nullptr);
        return widget;
    }
    QPushButton *button(const char *name) { return find<QPushButton>(name); }
    [[nodiscard]] QString cell(int column) const
    {
        const auto *model = m_dialog->findChild<EnvironmentsModel *>();
        return model->index(0, column).data().toString();
    }
    [[nodiscard]] int rows() const
    {
        return m_dialog->findChild<EnvironmentsModel *>()->rowCount();
    }
    bool isOver()
    {
        return QTest::qWaitFor([this] { return button("environmentCancel")->isHidden(); }, 30'000);
    }
    bool choose(const char *release);
    bool install();

    std::unique_ptr<QTemporaryDir> m_root;
    Paths m_paths;
    std::unique_ptr<EnvironmentsDialog> m_dialog;
};

void TestEnvironmentsDialog::initTestCase()
{
    QLocale::setDefault(QLocale::c());
    qputenv("PATH", "/usr/bin:/bin"); // no interpreter of the machine's user
    if (freeBytes(QDir::tempPath().toStdString()) < 4LL * 1024 * 1024 * 1024) {
        QSKIP("no room that an environment would ask for");
    }
}

void TestEnvironmentsDialog::init()
{
    m_dialog.reset();
    m_root = std::make_unique<QTemporaryDir>();
    const fs::path root = m_root->path().toStdString();
    m_paths = Paths::standard();
    m_paths.data = root / "data";
    m_paths.config = root / "config";
    writeFakeInstaller(m_paths.data / "tools/uv");
    writeFakePython(root / "pyenv/versions/3.6.15");
    qputenv("PYENV_ROOT", (root / "pyenv").c_str());
    qputenv("HOME", root.c_str());
    qputenv("FAKE_LOG", (root / "log").c_str());
    m_dialog = std::make_unique<EnvironmentsDialog>(m_paths);
    m_dialog->show();
}

bool TestEnvironmentsDialog::choose(const char *release)
{
    auto *releases = find<QComboBox>("environmentRelease");
    releases->setCurrentIndex(releases->findText(QLatin1String(release)));
    return QTest::qWaitFor([this] { return button("environmentInstall")->isEnabled(); }, 30'000);
}

bool TestEnvironmentsDialog::install()
{
    if (!choose("1.5.0")) {
        return false;
    }
    QTest::mouseClick(button("environmentInstall"), Qt::LeftButton);
    return isOver() && QTest::qWaitFor([this] { return rows() == 1; }, 30'000);
}

void TestEnvironmentsDialog::installs()
{
    const QAbstractItemModelTester invariants(m_dialog->findChild<EnvironmentsModel *>());
    QVERIFY(!button("environmentInstall")->isEnabled()); // not before its size is stated
    QVERIFY(choose("1.5.0"));
    const QString plan = find<QLabel>("environmentPlan")->text();
    QVERIFY2(plan.contains(QLatin1String("Python 3.6.15")), qPrintable(plan));
    QVERIFY2(plan.contains(QLatin1String("to download")), qPrintable(plan));
    const QSignalSpy changed(m_dialog.get(), &EnvironmentsDialog::environmentsChanged);
    QVERIFY(install());
    QCOMPARE(changed.count(), 1);
    QCOMPARE(cell(EnvironmentsModel::Torch), QStringLiteral("1.5.0"));
    QCOMPARE(cell(EnvironmentsModel::Python), QStringLiteral("3.6.15"));
    QCOMPARE(cell(EnvironmentsModel::NumPy), QStringLiteral("1.19.5"));
    QCOMPARE(cell(EnvironmentsModel::Device), QStringLiteral("CUDA 9.0.176"));
    QCOMPARE(cell(EnvironmentsModel::State), QStringLiteral("whole"));
    QVERIFY(!cell(EnvironmentsModel::Size).isEmpty());
}

void TestEnvironmentsDialog::cancels()
{
    QVERIFY(choose("1.5.0"));
    find<QLineEdit>("environmentPackages")->setText(QStringLiteral("slow"));
    QTest::mouseClick(button("environmentInstall"), Qt::LeftButton);
    const fs::path begun = m_paths.environments() / ".torch-1.5.0.partial/slow";
    QTRY_VERIFY_WITH_TIMEOUT(fs::exists(begun), 30'000);
    QVERIFY(!button("environmentInstall")->isEnabled());
    QTest::mouseClick(button("environmentCancel"), Qt::LeftButton);
    QVERIFY(isOver());
    QCOMPARE(find<QLabel>("environmentMessage")->text(), QStringLiteral("Cancelled."));
    QCOMPARE(rows(), 0);
    QVERIFY(!fs::exists(begun));
}

void TestEnvironmentsDialog::addsAndRepairs()
{
    QVERIFY(install());
    QVERIFY(!button("environmentAdd")->isEnabled()); // nothing is named
    find<QLineEdit>("environmentPackages")->setText(QStringLiteral("torchvision, six"));
    QTRY_VERIFY(button("environmentAdd")->isEnabled());
    QTest::mouseClick(button("environmentAdd"), Qt::LeftButton);
    QVERIFY(isOver());
    QTRY_COMPARE(cell(EnvironmentsModel::Packages), QStringLiteral("torchvision, six"));

    fs::remove(m_paths.environments() / "torch-1.5.0/pyvenv.cfg");
    m_dialog = std::make_unique<EnvironmentsDialog>(m_paths);
    m_dialog->show();
    QTRY_COMPARE(cell(EnvironmentsModel::State), QStringLiteral("broken"));
    QTest::mouseClick(button("environmentRepair"), Qt::LeftButton);
    QVERIFY(isOver());
    QTRY_COMPARE(cell(EnvironmentsModel::State), QStringLiteral("whole"));
    QCOMPARE(cell(EnvironmentsModel::Packages), QStringLiteral("torchvision, six"));
}

void TestEnvironmentsDialog::removes()
{
    QVERIFY(install());
    const auto answer = [this](const char *text) {
        QTest::mouseClick(button("environmentRemove"), Qt::LeftButton);
        auto *box = m_dialog->findChild<QMessageBox *>();
        for (QAbstractButton *choice : box->buttons()) {
            if (choice->text().remove(QLatin1Char('&')) == QLatin1String(text)) {
                choice->click();
            }
        }
        QCoreApplication::sendPostedEvents(box, QEvent::DeferredDelete);
    };
    answer("Cancel");
    QCOMPARE(rows(), 1);
    answer("Remove");
    QVERIFY(isOver());
    QTRY_COMPARE(rows(), 0);
}

void TestEnvironmentsDialog::saysWhatIsWrong()
{
    find<QLineEdit>("environmentPackages")->setText(QStringLiteral("absent"));
    QVERIFY(choose("1.5.0"));
    QTest::mouseClick(button("environmentInstall"), Qt::LeftButton);
    QVERIFY(isOver());
    const QString message = find<QLabel>("environmentMessage")->text();
    QVERIFY2(message.contains(QLatin1String("absent was not found")), qPrintable(message));
}

void TestEnvironmentsDialog::closingCancels()
{
    QVERIFY(choose("1.5.0"));
    find<QLineEdit>("environmentPackages")->setText(QStringLiteral("slow"));
    QTest::mouseClick(button("environmentInstall"), Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(fs::exists(m_paths.environments() / ".torch-1.5.0.partial/slow"),
                             30'000);
    m_dialog->reject();
    QTRY_VERIFY_WITH_TIMEOUT(!m_dialog->isVisible(), 30'000);
}

void TestEnvironmentsDialog::speaksRussian()
{
    QTranslator russian;
    QVERIFY(russian.load(QStringLiteral(":/i18n/torchlift_ru.qm")));
    QCoreApplication::installTranslator(&russian);
    QTRY_COMPARE(m_dialog->windowTitle(), QStringLiteral("Окружения"));
    QCoreApplication::removeTranslator(&russian);
}

QTEST_MAIN(TestEnvironmentsDialog)
#include "tst_environmentsdialog.moc"
