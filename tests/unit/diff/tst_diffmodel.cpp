#include "diff/diffmodel.h"

#include <fstream>
#include <sstream>

#include <QElapsedTimer>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

using namespace TorchLift;

class TestDiffModel : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void sameTextsHaveNoHunks();
    void changedLineMarksWords();
    void addedLinesArePadded();
    void lineEndsCountAlone();
    void patchApplies_data();
    void patchApplies();
    void bigInputsTakeBoundedTime();
};

void TestDiffModel::sameTextsHaveNoHunks()
{
    const DiffModel model = diffTexts("a\nb\n", "a\nb\n");
    QVERIFY(model.isSame());
    QCOMPARE(model.rows.size(), std::size_t(2));
    QVERIFY(diffTexts("", "").isSame());
    QVERIFY(unifiedDiff("a\n", "a\n", "x", "y").empty());
}

void TestDiffModel::changedLineMarksWords()
{
    const DiffModel model = diffTexts("a\nx = old(b)\n", "a\nx = new(b)\n");
    QCOMPARE(model.hunks.size(), std::size_t(1));
    const DiffRow &row = model.rows.at(1);
    QVERIFY(row.kind == DiffRow::Kind::Changed);
    QCOMPARE(row.oldWords.size(), std::size_t(1));
    QCOMPARE(row.oldWords[0].begin, std::size_t(4));
    QCOMPARE(row.oldWords[0].end, std::size_t(7));
}

void TestDiffModel::addedLinesArePadded()
{
    const DiffModel model = diffTexts("a\nb\n", "a\nnew\nb\n");
    QCOMPARE(model.rows.size(), std::size_t(3));
    QVERIFY(model.rows[1].kind == DiffRow::Kind::Added);
    QCOMPARE(model.rows[1].oldLine, 0);
    QCOMPARE(model.rows[1].newLine, 2);
    QCOMPARE(model.rows[2].newLine, 3);
}

void TestDiffModel::lineEndsCountAlone()
{
    QCOMPARE(diffTexts("a\r\nb\r\n", "a\nb\n").hunks.size(), std::size_t(1));
    QCOMPARE(diffTexts("a\r\nb\r\n", "a\nc\n").rows.at(0).kind == DiffRow::Kind::Same, true);
}

void TestDiffModel::patchApplies_data()
{
    QTest::addColumn<QString>("before");
    QTest::addColumn<QString>("after");
    QTest::newRow("middle") << "1\n2\n3\n4\n5\n6\n7\n8\n9\n"
                            << "1\n2\n3\n4\nx\n6\n7\n8\n9\n";
    QTest::newRow("two hunks") << "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n"
                               << "x\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\ny\nz\n";
    QTest::newRow("no newline at the end") << "1\n2"
                                           << "1\n3";
    QTest::newRow("newline added") << "1\n2"
                                   << "1\n2\n";
    QTest::newRow("carriage returns") << "1\r\n2\r\n"
                                      << "1\r\n3\r\n";
    QTest::newRow("from empty") << ""
                                << "1\n2\n";
    QTest::newRow("to one line") << "1\n2\n3\n"
                                 << "1\n";
}

void TestDiffModel::patchApplies()
{
    QFETCH(QString, before);
    QFETCH(QString, after);
    const QTemporaryDir folder;
    const std::string file = folder.filePath("code.py").toStdString();
    std::ofstream(file, std::ios::binary) << before.toStdString();
    std::ofstream(folder.filePath("p.diff").toStdString(), std::ios::binary)
        << unifiedDiff(before.toStdString(), after.toStdString(), "code.py", "code.py");
    QProcess patch;
    patch.setWorkingDirectory(folder.path());
    patch.start("patch", {"--binary", "-p0", "-i", "p.diff"});
    if (!patch.waitForStarted()) {
        QSKIP("patch is not installed");
    }
    QVERIFY(patch.waitForFinished());
    QVERIFY2(patch.exitCode() == 0, patch.readAll().constData());
    std::ostringstream patched;
    patched << std::ifstream(file, std::ios::binary).rdbuf();
    QCOMPARE(QString::fromStdString(patched.str()), after);
}

void TestDiffModel::bigInputsTakeBoundedTime()
{
    std::string before;
    std::string after;
    for (int i = 0; i < 60'000; ++i) {
        before += "a" + std::to_string(i) + "\n";
        after += "b" + std::to_string(i) + "\n";
    }
    QElapsedTimer timer;
    timer.start();
    QCOMPARE(diffTexts(before, after).hunks.size(), std::size_t(1));
    QCOMPARE(diffTexts(std::string(1'000'000, 'x'), std::string(1'000'000, 'y')).rows.size(),
             std::size_t(1));
    QVERIFY2(timer.elapsed() < 5000, qPrintable(QString::number(timer.elapsed())));
}

QTEST_GUILESS_MAIN(TestDiffModel)
#include "tst_diffmodel.moc"
