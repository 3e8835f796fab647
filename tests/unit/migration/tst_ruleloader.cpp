#include "migration/ruleset.h"

#include <fstream>

#include <QTemporaryDir>
#include <QTest>

using namespace TorchLift;

namespace {

// One sound rule, of which rows replace a line.
const char *const kRule = R"yaml(schema: 1
rules:
  - id: gesv
    changes: [gesv-removed]
    symbols: [torch.gesv]
    broken: "1.2"
    effect: breaks
    safety: review
    title: {en: "a", ru: "b"}
    reason: {en: "a", ru: "b"}
    signatures: {torch.gesv: [input, A]}
    cases:
      - match: "torch.gesv($B, $A)[0]"
        where: {B: tensor}
        replace: "torch.linalg.solve($A, $B)"
    residue: {reason: needs-decision, detail: {en: "a", ru: "b"}}
    examples:
      - {old: "x = 1", new: "x = 1", proof: equal}
)yaml";

} // namespace

/// Rules that are written wrongly: each is refused with the file, the line and what is wrong.
class TestRuleLoader : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void sound();
    void refuses_data();
    void refuses();
    void noFolder();
    void idOfAnotherFile();

private:
    static Result<std::shared_ptr<const RuleSet>> load(const QByteArray &yaml)
    {
        const QTemporaryDir folder;
        std::ofstream(folder.filePath("bad.yaml").toStdString()) << yaml.toStdString();
        return RuleSet::load(folder.path().toStdString());
    }
};

void TestRuleLoader::sound()
{
    const auto rules = load(kRule);
    QVERIFY2(rules, rules ? "" : rules.error().detail.c_str());
    QCOMPARE((*rules)->rules().size(), std::size_t(1));
}

void TestRuleLoader::refuses_data()
{
    QTest::addColumn<QByteArray>("from");
    QTest::addColumn<QByteArray>("to");
    QTest::addColumn<QByteArray>("word"); // that the message must hold
    const auto row = [](const char *name, const char *from, const char *to, const char *word) {
        QTest::newRow(name) << QByteArray(from) << QByteArray(to) << QByteArray(word);
    };
    row("no YAML", "rules:", "rules: [", "");
    row("binary", "schema", QByteArray("\x01\xff").constData(), "");
    row("unknown schema", "schema: 1", "schema: 99", "schema");
    row("no schema", "schema: 1\n", "", "schema");
    row("rules is no list", "rules:\n  - id: gesv", "rules:\n    id: gesv", "");
    row("unknown key", "effect: breaks", "effect: breaks\n    colour: red", "colour");
    row("no id", "- id: gesv\n    changes", "- changes", "id");
    row("no symbols", "    symbols: [torch.gesv]\n", "", "symbols");
    row("symbols is a word", "symbols: [torch.gesv]", "symbols: torch.gesv", "symbols");
    row("no version", "\"1.2\"", "soon", "broken");
    row("unknown effect", "effect: breaks", "effect: hurts", "effect");
    row("unknown safety", "safety: review", "safety: sure", "safety");
    row("Russian is missing", "title: {en: \"a\", ru: \"b\"}", "title: {en: \"a\"}", "title");
    row("empty sentence", "reason: {en: \"a\", ru: \"b\"}", "reason: {en: \"\", ru: \"b\"}",
        "reason");
    row("signatures is a list", "signatures: {torch.gesv: [input, A]}", "signatures: [a]",
        "signatures");
    row("pattern does not parse", "torch.gesv($B, $A)[0]", "torch.gesv($B, ", "match");
    row("pattern of two statements", "torch.gesv($B, $A)[0]", "a = $B; b = $A", "match");
    row("replacement does not parse", "torch.linalg.solve($A, $B)", "torch.linalg.solve($A",
        "replace");
    row("unbound name in the replacement", "torch.linalg.solve($A, $B)", "f($C)", "$C");
    row("condition on an unbound name", "where: {B: tensor}", "where: {C: tensor}", "$C");
    row("unknown condition", "where: {B: tensor}", "where: {B: matrix}", "matrix");
    row("condition with two keys", "where: {B: tensor}", "where: {B: {rank: 1, in: [a]}}",
        "one key");
    row("cases and transform", "    cases:", "    transform: volatile\n    cases:", "transform");
    row("no such transform",
        "    cases:\n      - match: \"torch.gesv($B, $A)[0]\"\n        where: {B: tensor}\n"
        "        replace: \"torch.linalg.solve($A, $B)\"\n",
        "    transform: magic\n", "magic");
    row("no residue", "    residue: {reason: needs-decision, detail: {en: \"a\", ru: \"b\"}}\n", "",
        "residue");
    row("unknown reason", "reason: needs-decision", "reason: tired", "");
    row("unknown proof", "proof: equal", "proof: sure", "proof");
}

void TestRuleLoader::refuses()
{
    QFETCH(QByteArray, from);
    QFETCH(QByteArray, to);
    QFETCH(QByteArray, word);
    QByteArray yaml(kRule);
    QVERIFY(yaml.contains(from));
    const auto rules = load(yaml.replace(from, to));
    QVERIFY(!rules);
    const std::string message = rules.error().subject + ": " + rules.error().detail;
    QVERIFY2(message.find("bad.yaml") != std::string::npos, message.c_str());
    QVERIFY2(message.find(word.toStdString()) != std::string::npos, message.c_str());
}

void TestRuleLoader::noFolder()
{
    const auto rules = RuleSet::load("/no/such/folder");
    QVERIFY(!rules);
    QVERIFY(rules.error().code == Errc::NotFound);
}

void TestRuleLoader::idOfAnotherFile()
{
    const QTemporaryDir folder;
    for (const char *name : {"a.yaml", "b.yaml"}) {
        std::ofstream(folder.filePath(name).toStdString()) << kRule;
    }
    const auto rules = RuleSet::load(folder.path().toStdString());
    QVERIFY(!rules);
    QVERIFY(rules.error().detail.find("twice") != std::string::npos);
}

QTEST_GUILESS_MAIN(TestRuleLoader)
#include "tst_ruleloader.moc"
