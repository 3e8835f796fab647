#include <QTest>

#include "models/acceptance.h"
#include "models/decorations.h"

using namespace TorchLift;

namespace {

Edit edit(const std::string &id, ByteSpan span, const std::string &text, bool isAccepted)
{
    Edit made;
    made.id = id;
    made.ruleId = "rule";
    made.replacements = {{span, {{text, {}, false}}}};
    made.isAccepted = isAccepted;
    return made;
}

AcceptanceState state()
{
    Migration migration;
    migration.oldCode = "one\ntwo\nthree\n";
    migration.edits = {edit("a", {0, 3}, "ONE", true), edit("b", {4, 7}, "TWO", false)};
    migration.edits[0].group = "g";
    migration.edits.push_back(edit("c", {8, 13}, "THREE", true));
    migration.edits[2].group = "g";
    return AcceptanceState(std::make_shared<const Migration>(migration));
}

} // namespace

class TestAcceptance final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void rendersWhatIsAccepted()
    {
        QCOMPARE(state().rendering().newCode, std::string("ONE\ntwo\nTHREE\n"));
        QCOMPARE(state().with({1}, true).rendering().newCode, std::string("ONE\nTWO\nTHREE\n"));
    }

    void groupsStayTogether()
    {
        QCOMPARE(state().with({0}, false).rendering().newCode, std::string("one\ntwo\nthree\n"));
    }

    void rowsOfARule() { QCOMPARE(state().rowsOfRule("rule").size(), std::size_t(3)); }

    void placesFollowTypedText()
    {
        const AcceptanceState now = state();
        const Decorations untouched = decorate("one\ntwo\nthree\n", "ONE\ntwo\nTHREE\n", now);
        QCOMPARE(untouched.edits.size(), std::size_t(3));
        QCOMPARE(untouched.edits[2].newLine, 3);
        const Decorations typed = decorate("one\ntwo\nthree\n", "# mine\nONE\ntwo\nTHREE\n", now);
        QCOMPARE(typed.edits[2].newLine, 4);
        QCOMPARE(typed.edits[2].newSpans.front(), (ByteSpan{15, 20}));
        QCOMPARE(typed.edits[1].oldLine, 2);
        QVERIFY(typed.edits[1].newSpans.empty());
    }

    void vanishedPlacesAreLost()
    {
        const Decorations gone = decorate("three\n", "THREE\n", state());
        QVERIFY(gone.edits[0].oldSpans.empty());
        QCOMPARE(gone.edits[0].oldLine, 0);
    }
};

QTEST_GUILESS_MAIN(TestAcceptance)
#include "tst_acceptance.moc"
