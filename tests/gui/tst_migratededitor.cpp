#include <QElapsedTimer>
#include <QSignalSpy>
#include <QTest>

#include "views/migratededitor.h"

using namespace TorchLift;

namespace {

Edit edit(const std::string &id, ByteSpan span, const std::string &text)
{
    Edit made;
    made.id = id;
    made.replacements = {{span, {{text, {}, false}}}};
    made.isAccepted = true;
    return made;
}

std::shared_ptr<const Migration> migration()
{
    Migration made;
    made.oldCode = "one\ntwo\nthree\n";
    made.edits = {edit("a", {0, 3}, "ONE"), edit("b", {8, 13}, "THREE")};
    return std::make_shared<const Migration>(made);
}

} // namespace

class TestMigratedEditor final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void rejectingIsAStepOfUndo()
    {
        MigratedEditor editor;
        QVERIFY(editor.adopt(migration()).empty());
        QCOMPARE(editor.source(), std::string("ONE\ntwo\nTHREE\n"));
        QSignalSpy changed(&editor, &MigratedEditor::stateChanged);
        QVERIFY(editor.setAccepted({0}, false));
        QCOMPARE(editor.source(), std::string("one\ntwo\nTHREE\n"));
        editor.undo();
        QCOMPARE(editor.source(), std::string("ONE\ntwo\nTHREE\n"));
        QVERIFY(editor.state().accepted[0]);
        editor.redo();
        QVERIFY(!editor.state().accepted[0]);
        QCOMPARE(editor.source(), std::string("one\ntwo\nTHREE\n"));
        QCOMPARE(changed.size(), 3);
    }

    void typingAndRejectingShareOneHistory()
    {
        MigratedEditor editor;
        editor.adopt(migration());
        editor.insertAt(QStringLiteral("mine "), 1, 0);
        QVERIFY(editor.isEditedByHand());
        QVERIFY(editor.setAccepted({1}, false));
        QCOMPARE(editor.source(), std::string("ONE\nmine two\nthree\n"));
        editor.undo();
        QCOMPARE(editor.source(), std::string("ONE\nmine two\nTHREE\n"));
        editor.undo();
        QCOMPARE(editor.source(), std::string("ONE\ntwo\nTHREE\n"));
    }

    void lineTypedInIsLeftAlone()
    {
        MigratedEditor editor;
        editor.adopt(migration());
        editor.insertAt(QStringLiteral("x"), 0, 1);
        const std::string before = editor.source();
        QVERIFY(!editor.setAccepted({0}, false));
        QCOMPARE(editor.source(), before);
        QVERIFY(editor.state().accepted[0]);
    }

    void migratingAgainKeepsWhatWasTyped()
    {
        MigratedEditor editor;
        editor.adopt(migration());
        editor.insertAt(QStringLiteral("mine "), 1, 0);
        QVERIFY(editor.adopt(migration()).empty());
        QCOMPARE(editor.source(), std::string("ONE\nmine two\nTHREE\n"));
    }

    void whereBothChangedWhatWasTypedStays()
    {
        MigratedEditor editor;
        editor.adopt(migration());
        editor.insertAt(QStringLiteral("mine "), 0, 0);
        editor.insertAt(QStringLiteral("too "), 1, 0);
        Migration other = *migration();
        other.edits[0].replacements[0].pieces[0].text = "1";
        other.edits[1].replacements[0].pieces[0].text = "3";
        const std::vector<Residue> conflicts =
            editor.adopt(std::make_shared<const Migration>(other));
        QCOMPARE(editor.source(), std::string("mine ONE\ntoo two\n3\n"));
        QCOMPARE(conflicts.size(), std::size_t(1));
        QVERIFY(conflicts.front().reason == ResidueReason::Conflict);
        QCOMPARE(conflicts.front().line, 1);
        editor.undo();
        QCOMPARE(editor.source(), std::string("mine ONE\ntoo two\nTHREE\n"));
    }

    void modelsAnswerCanBeUndone()
    {
        MigratedEditor editor;
        editor.adopt(migration());
        editor.replaceText("другой\n");
        QCOMPARE(editor.source(), std::string("другой\n"));
        editor.undo();
        QCOMPARE(editor.source(), std::string("ONE\ntwo\nTHREE\n"));
    }

    void everyByteSurvives_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addRow("windows line ends") << QByteArray("a\r\nb\r\n");
        QTest::addRow("no last line end") << QByteArray("a\nb");
        QTest::addRow("tabs and Cyrillic") << QByteArray("\tпривет\n");
        QTest::addRow("empty") << QByteArray();
    }

    void everyByteSurvives()
    {
        QFETCH(QByteArray, text);
        CodeEditor editor;
        editor.setSource(text.toStdString());
        QCOMPARE(QByteArray::fromStdString(editor.source()), text);
        QVERIFY(!editor.isModified());
    }

    void lineOfAMillionCharactersDoesNotHang()
    {
        CodeEditor editor;
        editor.resize(600, 400);
        editor.show();
        const std::string text = "x = 1\n" + std::string(1'000'000, 'y') + "\nz = 2\n";
        QElapsedTimer timer;
        timer.start();
        editor.setSource(text);
        QTest::qWait(50);
        QVERIFY(timer.elapsed() < 2000);
        QVERIFY(editor.isAbridged());
        QVERIFY(editor.isReadOnly());
        QCOMPARE(editor.source(), text);
        editor.setSource("short\n");
        QVERIFY(!editor.isAbridged());
        QVERIFY(!editor.isReadOnly());
    }
};

QTEST_MAIN(TestMigratedEditor)
#include "tst_migratededitor.moc"
