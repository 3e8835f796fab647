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
    void isRefutedByWhatIsComputed();
    void saysWhatRunsStandOn();
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

void TestSignOff::isRefutedByWhatIsComputed()
{
    SignOff signOff = sampleSignOff();
    const auto refuted = [&signOff](const Session &again) {
        return refutations(signOff, again, signOff.source, signOff.target);
    };
    Run run;
    run.outcome = Outcome::Ok;
    run.output = "loss 0.25\n";
    run.variables["w"] = {"torch.Tensor", "float32", {2}, false, "cpu", true, {1, 2}, "", "", {}};
    signOff.session.result->oldAtSource = run;
    signOff.session.result->verdict->leftOut.clear();
    Session again = signOff.session;
    again.result->oldAtSource->output = "loss 0.75\n";
    QCOMPARE(refuted(again), std::vector<std::string>{"old code in the source: output was "
                                                      "loss 0.25 and is loss 0.75"});
    again = signOff.session;
    again.result->oldAtSource->variables["w"].values[1] = 2.5;
    QCOMPARE(refuted(again).size(), std::size_t(1));
    signOff.session.result->verdict->leftOut = {"w"}; // it varies by itself
    QVERIFY(refuted(again).empty());

    signOff.session.migration.edits[0].provenance = Provenance::Rule;
    Migration migration = signOff.session.migration;
    QVERIFY(editsNotGivenAgain(migration, migration).empty());
    migration.edits.clear();
    QCOMPARE(editsNotGivenAgain(signOff.session.migration, migration).size(), std::size_t(1));
}

void TestSignOff::saysWhatRunsStandOn()
{
    const SignOff signOff = sampleSignOff();
    const std::string text = signOffToMarkdown(signOff, "en");
    QVERIFY(text.find("seed ") != std::string::npos);
    QVERIFY(text.find("relative 1e-05") != std::string::npos);
    QVERIFY(text.find("torch 1.1.0 → **1.2.0**") != std::string::npos); // the bisection
    QVERIFY(text.find(hashOf(signOff.source)) != std::string::npos);
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
