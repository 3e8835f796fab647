#include <QtCore/QTemporaryDir>
#include <QtTest/QTest>

#include "base/files.h"
#include "corpus/change.h"
#include "evaluation/queries.h"
#include "evaluation/retrievalruns.h"
#include "evaluation/trecfiles.h"
#include "settings/paths.h"

using namespace TorchLift;

class TestJudgements : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void bundledSetIsWhatTheIssueAsks();
    void everyRuleIsAsked();
    void trecFilesGoInAndOut();
    void runsAreOrderedByScore();
    void badFilesAreRefused_data();
    void badFilesAreRefused();
    void originalsAreJudgedByPullRequest();

private:
    std::filesystem::path write(const char *name, const std::string &text) const
    {
        const std::filesystem::path file = m_folder.filePath(name).toStdString();
        [[maybe_unused]] const auto written = writeFileAtomically(file, text);
        return file;
    }
    QTemporaryDir m_folder;
};

void TestJudgements::bundledSetIsWhatTheIssueAsks()
{
    const Paths paths = Paths::standard();
    const auto folder = paths.judgements() / "handmade";
    const auto set = readJudgementSet(folder / "queries.jsonl", folder / "qrels.txt");
    QVERIFY2(set, set ? "" : set.error().detail.c_str());
    QVERIFY(set->queries.size() >= 150);
    std::size_t code = 0;
    std::size_t russian = 0;
    std::size_t unnamed = 0;
    for (const EvaluationQuery &query : set->queries) {
        code += query.isCode ? 1 : 0;
        russian += query.language == "ru" ? 1 : 0;
        unnamed += query.namesSymbol ? 0 : 1;
        QVERIFY2(set->qrels.contains(query.id), query.id.c_str());
    }
    QVERIFY(code >= 40 && set->queries.size() - code >= 40);
    QVERIFY(russian >= 50 && set->queries.size() - russian >= 50);
    QVERIFY(3 * unnamed >= set->queries.size());

    const auto changes = loadCatalogue(paths.catalogue());
    QVERIFY(changes);
    for (const EvaluationQuery &query : set->queries) {
        for (const auto &[slug, grade] : set->qrels.at(query.id)) {
            const auto known =
                std::find_if(changes->begin(), changes->end(),
                             [&](const Change &change) { return change.slug == slug; });
            QVERIFY2(known != changes->end(), (query.id + ": " + slug).c_str());
            QVERIFY2(known->version > query.from && known->version <= query.to,
                     (query.id + ": " + slug + " is outside its window").c_str());
        }
    }
}

void TestJudgements::everyRuleIsAsked()
{
    const Paths paths = Paths::standard();
    const auto rules = RuleSet::load(paths.rules());
    QVERIFY(rules);
    const auto set = judgementsOfRules(**rules, paths.catalogue());
    QVERIFY(set);
    for (const RuleInfo &rule : (*rules)->rules()) {
        const bool isAsked = rule.examples.empty() || set->qrels.contains(rule.id + "-1");
        QVERIFY2(isAsked, (rule.id + " cites no change of the catalogue").c_str());
    }
    QVERIFY(set->queries.size() >= (*rules)->rules().size());
}

void TestJudgements::trecFilesGoInAndOut()
{
    const Qrels qrels{{"1", {{"a", 1}, {"b", 0}}}, {"2", {{"c", 2}}}};
    const auto judged = readQrels(write("qrels", qrelsToTrec(qrels)));
    QVERIFY(judged);
    QVERIFY(*judged == qrels);
    const Rankings run{{"1", {"b", "a"}}, {"2", {"c"}}};
    QCOMPARE(runToTrec(run, "t"), std::string("1 Q0 b 1 1 t\n1 Q0 a 2 0.5 t\n2 Q0 c 1 1 t\n"));
    const auto read = readRun(write("run", runToTrec(run, "t")));
    QVERIFY(read);
    QVERIFY(*read == run);
}

void TestJudgements::runsAreOrderedByScore()
{
    const auto run = readRun(write("run", "q Q0 low 1 0.1 t\r\nq\tQ0\thigh 2 9e2 t\n\n"));
    QVERIFY(run);
    QVERIFY(run->at("q") == (std::vector<std::string>{"high", "low"}));
}

void TestJudgements::badFilesAreRefused_data()
{
    QTest::addColumn<QString>("queries");
    QTest::addColumn<QString>("qrels");
    QTest::addColumn<QString>("told");
    QTest::addRow("no tab") << "one text"
                            << "1 0 a 1"
                            << "line 1";
    QTest::addRow("broken JSON") << "1\tx\n{\"id\":"
                                 << "1 0 a 1"
                                 << "line 2";
    QTest::addRow("twice") << "1\tx\n1\ty"
                           << "1 0 a 1"
                           << "twice";
    QTest::addRow("no such version") << R"({"id": "1", "text": "x", "to": "new"})"
                                     << "1 0 a 1"
                                     << "line 1";
    QTest::addRow("grade is a word") << "1\tx"
                                     << "1 0 a yes"
                                     << "line 1";
    QTest::addRow("a field is missing") << "1\tx"
                                        << "1 0 a 1\n1 a 1"
                                        << "line 2";
    QTest::addRow("unknown query") << "1\tx"
                                   << "2 0 a 1"
                                   << "query 2";
}

void TestJudgements::badFilesAreRefused()
{
    QFETCH(QString, queries);
    QFETCH(QString, qrels);
    QFETCH(QString, told);
    const auto set = readJudgementSet(write("queries", queries.toStdString()),
                                      write("qrels", qrels.toStdString()));
    QVERIFY(!set);
    QCOMPARE(set.error().code, Errc::InvalidInput);
    QVERIFY2(set.error().detail.find(told.toStdString()) != std::string::npos,
             set.error().detail.c_str());
}

void TestJudgements::originalsAreJudgedByPullRequest()
{
    Chunk change;
    change.changeSlug = "gone";
    change.version = {2, 0, 0};
    change.pullRequests = {"#12"};
    Chunk right;
    right.key = "right";
    right.version = {2, 0, 0};
    right.pullRequests = {"#11", "#12"};
    Chunk otherRelease = right;
    otherRelease.key = "other";
    otherRelease.version = {2, 1, 0};
    JudgementSet set;
    set.queries.resize(2);
    set.queries[0].id = "1";
    set.queries[1].id = "2";
    set.qrels = {{"1", {{"gone", 1}}}, {"2", {{"elsewhere", 1}}}};
    const std::vector originals{right, otherRelease};
    const JudgementSet judged = judgementsOfOriginals(set, std::span(&change, 1), originals);
    QCOMPARE(judged.queries.size(), std::size_t{1});
    QVERIFY(judged.qrels == (Qrels{{"1", {{"right", 1}}}}));
}

QTEST_GUILESS_MAIN(TestJudgements)
#include "tst_judgements.moc"
