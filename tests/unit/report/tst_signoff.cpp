#include <QTest>

#include "report/signoff.h"
#include "support/samplesession.h"
#include "support/schemacheck.h"

using namespace TorchLift;

/// The document of a sign-off: complete, readable again, and refuted by whatever changed.
class TestSignOff : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void followsItsSchema();
    void comesBackAsItWas();
    void tampering_data();
    void tampering();
    void namesWhatIsNotProven();
    void isRefutedByWhatChanged();
    void escapesHtml();
};

static SignOff sampleSignOff()
{
    SignOff signOff;
    signOff.session = sampleSession();
    signOff.source = {{1, 0, 1}, {3, 6, 15}, "9.0.176", {{"torch", "1.0.1", "aa"}}};
    signOff.target = {
        {2, 6, 0}, {3, 11, 2}, "", {{"torch", "2.6.0", "bb"}, {"numpy", "2.0", "cc"}}};
    return signOff;
}

void TestSignOff::followsItsSchema()
{
    QCOMPARE(schemaFault(TORCHLIFT_SOURCE_DIR "/resources/schemas/signoff.schema.json",
                         signOffToJson(sampleSignOff())),
             std::string());
}

void TestSignOff::comesBackAsItWas()
{
    const std::string json = signOffToJson(sampleSignOff());
    const auto read = signOffFromJson(json);
    QVERIFY2(read, read ? "" : read.error().detail.c_str());
    QCOMPARE(signOffToJson(*read), json);
    QVERIFY(read->target == sampleSignOff().target);
}

void TestSignOff::tampering_data()
{
    QTest::addColumn<std::string>("before");
    QTest::addColumn<std::string>("after");
    QTest::addRow("another code") << std::string("torch.linalg.solve(A, b)")
                                  << std::string("torch.linalg.solve(b, A)");
    QTest::addRow("a newer form") << std::string("\"schema\": 1") << std::string("\"schema\": 2");
    QTest::addRow("a member is gone") << std::string("\"tolerance\"") << std::string("\"other\"");
    QTest::addRow("no JSON") << std::string("{") << std::string("");
}

void TestSignOff::tampering()
{
    QFETCH(std::string, before);
    QFETCH(std::string, after);
    std::string json = signOffToJson(sampleSignOff());
    const std::size_t at = json.find(before);
    QVERIFY(at != std::string::npos);
    QVERIFY(!signOffFromJson(json.replace(at, before.size(), after)));
}

void TestSignOff::namesWhatIsNotProven()
{
    Session session = sampleSession();
    session.migration.edits[0].isAccepted = true;
    session.migration.edits[0].proof = EditProof::NotExecuted;
    const auto items = unprovenOf(session);
    QCOMPARE(items.front().what, std::string("edit"));
    QCOMPARE(items.front().line, 2);
    session.migration.edits[0].proof = EditProof::Proven;
    QCOMPARE(unprovenOf(session).size(), items.size() - 1);
}

void TestSignOff::isRefutedByWhatChanged()
{
    const SignOff signOff = sampleSignOff();
    QVERIFY(refutations(signOff, signOff.session, signOff.source, signOff.target).empty());

    EnvironmentRecord target = signOff.target;
    target.packages[1].contentSha256 = "dd";
    QCOMPARE(refutations(signOff, signOff.session, signOff.source, target).size(), std::size_t(1));

    Session again = signOff.session;
    again.result->newAtTarget = Run();
    again.result->newAtTarget->outcome = Outcome::Timeout;
    QVERIFY(!refutations(signOff, again, signOff.source, signOff.target).empty());
    again = signOff.session;
    again.migration.edits[0].proof = again.migration.edits[0].proof == EditProof::Refuted
                                         ? EditProof::Proven
                                         : EditProof::Refuted;
    QCOMPARE(refutations(signOff, again, signOff.source, signOff.target).size(), std::size_t(1));
}

void TestSignOff::escapesHtml()
{
    SignOff signOff = sampleSignOff();
    signOff.session.fileName = "<script>alert(1)</script>";
    QVERIFY(signOffToHtml(signOff, "en").find("<script>") == std::string::npos);
    QVERIFY(signOffToMarkdown(signOff, "ru").find("Не доказано") != std::string::npos);
}

QTEST_GUILESS_MAIN(TestSignOff)
#include "tst_signoff.moc"
