#include <QtTest>

#include <nlohmann/json.hpp>

#include "report/json.h"
#include "support/samplesession.h"
#include "support/schemacheck.h"

using namespace TorchLift;
using Json = nlohmann::json;

namespace {

std::string faultOf(const std::string &schema, const std::string &json)
{
    return schemaFault(
        std::string(TORCHLIFT_SOURCE_DIR) + "/resources/schemas/" + schema + ".schema.json", json);
}

Analysis sampleAnalysis()
{
    Analysis analysis;
    analysis.uses = {{"torch.gesv", {21, 31}, 2, Evidence::Resolved, true, false}};
    analysis.syntaxErrors = {{39, 40}};
    return analysis;
}

} // namespace

class TestReportJson : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void followTheirSchemas_data();
    void followTheirSchemas();
    void migration();
    void scan();
    void results();
    void foreignBytesAreMadeValid();
};

void TestReportJson::followTheirSchemas_data()
{
    QTest::addColumn<std::string>("schema");
    QTest::addColumn<std::string>("json");
    const Session session = sampleSession();
    QTest::newRow("migration") << std::string("migration")
                               << migrationToJson(session.migration, "solve.py");
    QTest::newRow("empty migration")
        << std::string("migration") << migrationToJson(Migration(), "");
    QTest::newRow("retrieval") << std::string("retrieval") << retrievalToJson(*session.retrieval);
    QTest::newRow("empty retrieval") << std::string("retrieval") << retrievalToJson(Retrieval());
    QTest::newRow("results") << std::string("results")
                             << resultsToJson({*session.result, ResultRow()});
    QTest::newRow("one result") << std::string("results") << resultRowToJson(*session.result);
    QTest::newRow("no results") << std::string("results") << resultsToJson({});
    QTest::newRow("scan") << std::string("scan")
                          << scanToJson(sampleAnalysis(), session.migration, "solve.py");
    QTest::newRow("empty scan") << std::string("scan") << scanToJson(Analysis(), Migration(), "");
}

void TestReportJson::followTheirSchemas()
{
    QFETCH(std::string, schema);
    QFETCH(std::string, json);
    QCOMPARE(faultOf(schema, json), std::string());
    QVERIFY(json.ends_with("}\n"));
    Json other = Json::parse(json);
    other["surprise"] = 1;
    QCOMPARE(faultOf(schema, other.dump()), std::string("document.surprise is unknown"));
}

void TestReportJson::migration()
{
    const Migration migration = sampleSession().migration;
    const Json json = Json::parse(migrationToJson(migration, "solve.py"));
    QCOMPARE(json["file"], "solve.py");
    QCOMPARE(json["from"], "1.0.1");
    QCOMPARE(json["newCode"].get<std::string>(), migration.newCode);
    const Json &edit = json["edits"][0];
    QCOMPARE(edit["line"], 2);
    QCOMPARE(edit["safety"], "behaviour");
    QCOMPARE(edit["title"]["ru"], "gesv → linalg.solve (по-русски)");
    QCOMPARE(json["residues"][0]["reason"], "needs-decision");
}

void TestReportJson::scan()
{
    Migration migration = sampleSession().migration;
    std::swap(migration.residues[0].span, migration.edits[0].replacements[0].span);
    const Json json = Json::parse(scanToJson(sampleAnalysis(), migration, "solve.py"));
    QCOMPARE(json["findings"].size(), 2U);
    QCOMPARE(json["findings"][0]["symbol"], "torch.btrifact"); // by position
    QCOMPARE(json["findings"][0]["hasRewrite"], false);
    QCOMPARE(json["findings"][0]["line"], 2);
    QCOMPARE(json["findings"][1]["symbol"], "torch.gesv");
    QCOMPARE(json["findings"][1]["brokenIn"], "1.2.0");
    QCOMPARE(json["findings"][1]["line"], 3);
    QCOMPARE(json["uses"][0]["symbol"], "torch.gesv");
    QCOMPARE(json["syntaxErrors"][0]["line"], 3);
    QVERIFY(!json.contains("newCode"));
}

void TestReportJson::results()
{
    const Json json = Json::parse(resultRowToJson(*sampleSession().result));
    const Json &row = json["rows"][0];
    QCOMPARE(row["oldAtSource"]["outcome"], "exception");
    QVERIFY(row["newAtTarget"].is_null());
    QCOMPARE(row["verdict"]["kind"], "random stream");
    QCOMPARE(row["oldAtSource"]["variables"]["x"]["values"], Json({"nan", "inf", "-inf", 0.1}));
}

void TestReportJson::foreignBytesAreMadeValid()
{
    ResultRow row;
    row.api = "\xFF\"\n\x01";
    QCOMPARE(Json::parse(resultRowToJson(row))["rows"][0]["api"], "\uFFFD\"\n\x01");
}

QTEST_GUILESS_MAIN(TestReportJson)
#include "tst_reportjson.moc"
