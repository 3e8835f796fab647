#include <QtTest>

#include <fstream>

#include "support/schemacheck.h"

using namespace TorchLift;

/// The checker itself: a check that cannot fail proves nothing.
class TestSchemaCheck : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void faults_data();
    void faults();
};

void TestSchemaCheck::faults_data()
{
    QTest::addColumn<std::string>("schema");
    QTest::addColumn<std::string>("json");
    QTest::addColumn<std::string>("fault");
    const auto row = [](const char *name, const char *schema, const char *json, const char *fault) {
        QTest::newRow(name) << std::string(schema) << std::string(json) << std::string(fault);
    };
    row("nothing asked", "{}", "[1]", "");
    row("not JSON", "{}", "{", "the text is not JSON");
    row("type", R"({"type": "integer"})", "1.5", "document is no integer");
    row("a whole number is a number", R"({"type": "number"})", "1", "");
    row("required", R"({"required": ["a"]})", R"({"b": 1})", "document.a is missing");
    row("properties", R"({"properties": {"a": {"type": "string"}}})", R"({"a": 1})",
        "document.a is no string");
    row("no others", R"({"properties": {"a": {}}, "additionalProperties": false})", R"({"b": 1})",
        "document.b is unknown");
    row("others of a kind", R"({"additionalProperties": {"type": "null"}})", R"({"b": 1})",
        "document.b is no null");
    row("items", R"({"items": {"type": "boolean"}})", "[true, 0]", "document[1] is no boolean");
    row("enum", R"({"enum": ["a", "b"]})", R"("c")", R"(document is none of ["a","b"])");
    row("const", R"({"const": 1})", "2", "document is not 1");
    row("minimum", R"({"minimum": 0})", "-1", "document is below 0");
    row("maximum", R"({"maximum": 1})", "1.5", "document is above 1");
    row("pattern", R"({"pattern": "^a$"})", R"("ab")", R"(document does not match "^a$")");
    row("anyOf", R"({"anyOf": [{"type": "null"}, {"type": "string"}]})", "1",
        "document is no null or document is no string");
    row("anyOf holds", R"({"anyOf": [{"type": "null"}, {"type": "string"}]})", "null", "");
    row("reference", R"({"$defs": {"x": {"type": "null"}}, "$ref": "#/$defs/x"})", "1",
        "document is no null");
    row("reference to nothing", R"({"$ref": "#/$defs/x"})", "1",
        "document: #/$defs/x does not exist");
    row("other file", R"({"$ref": "other.json#/$defs/x"})", "1", "document is no array");
    row("unknown keyword", R"({"maxLength": 1})", "1",
        "document: the schema uses maxLength, which is not checked here");
}

void TestSchemaCheck::faults()
{
    QFETCH(std::string, schema);
    QFETCH(std::string, json);
    QFETCH(std::string, fault);
    const QTemporaryDir folder;
    const std::filesystem::path path = folder.path().toStdString();
    std::ofstream(path / "schema.json") << schema;
    std::ofstream(path / "other.json") << R"({"$defs": {"x": {"type": "array"}}})";
    QCOMPARE(schemaFault(path / "schema.json", json), fault);
}

QTEST_GUILESS_MAIN(TestSchemaCheck)
#include "tst_schemacheck.moc"
