#include <random>

#include <QTest>

#include "migration/handedits.h"

using namespace TorchLift;

namespace {

const std::string kOld = "import torch\n"
                         "a = torch.ones(2, 2)\n"
                         "x, _ = torch.gesv(a, a)\n"
                         "y = torch.nn.functional.sigmoid(x)\n"
                         "z = 1\n"
                         "w = torch.potrf(a)\n";

} // namespace

/// What was typed into migrated code survives the next migration.
class TestHandEdits : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void editsRenderWhatWasTyped_data();
    void editsRenderWhatWasTyped();
    void editsRenderAnything();
    void sameMigrationAgain_data() { editsRenderWhatWasTyped_data(); }
    void sameMigrationAgain();
    void newRuleElsewhere();
    void conflict();
    void changedOldCode();
    void dropped();

private:
    [[nodiscard]] Migration migrated(const std::string &code,
                                     std::vector<std::string> only = {}) const
    {
        MigrationOptions options;
        options.only = std::move(only);
        return *migrate(code, *m_rules, options);
    }
    std::shared_ptr<const RuleSet> m_rules;
};

void TestHandEdits::initTestCase()
{
    auto rules = RuleSet::load(TORCHLIFT_SOURCE_DIR "/resources/rules");
    QVERIFY(rules.has_value());
    m_rules = *rules;
    const Migration migration = migrated(kOld);
    QVERIFY(migration.newCode != kOld);
    QVERIFY(migration.edits.size() >= 2);
}

void TestHandEdits::editsRenderWhatWasTyped_data()
{
    QTest::addColumn<QString>("from"); // of the new code
    QTest::addColumn<QString>("to");
    QTest::addRow("a line nothing else touches") << "z = 1\n"
                                                 << "z = 2\n";
    QTest::addRow("a migrated line") << "torch.linalg.solve(a, a)\n"
                                     << "torch.linalg.solve(a, a)  # checked\n";
    QTest::addRow("a new line") << "z = 1\n"
                                << "print(x)\nz = 1\n";
    QTest::addRow("a new line at the top") << "import torch\n"
                                           << "import os\nimport torch\n";
    QTest::addRow("a new line at the end") << "cholesky(a"
                                           << "cholesky(a";
    QTest::addRow("a line removed") << "z = 1\n"
                                    << "";
    QTest::addRow("the line after an import") << "a = torch.ones(2, 2)\n"
                                              << "a = torch.eye(2)\n";
    QTest::addRow("the first line") << "import torch\n"
                                    << "import torch  # 2.7\n";
    QTest::addRow("two places") << "= 1\nw"
                                << "= 3\nprint(1)\nw";
}

void TestHandEdits::editsRenderWhatWasTyped()
{
    QFETCH(QString, from);
    QFETCH(QString, to);
    const Migration migration = migrated(kOld);
    QString typed = QString::fromStdString(migration.newCode);
    QVERIFY(typed.contains(from));
    typed.replace(from, to);
    if (from == to) {
        typed += "print(w)\n";
    }
    const std::vector<Edit> hand = handEdits(migration, typed.toStdString());
    QCOMPARE(hand.size(), std::size_t(1));
    QVERIFY(hand.front().provenance == Provenance::Hand);
    QVERIFY(!hand.front().reason.ru.empty());
    // As little as the lines that were touched, never the whole file.
    QVERIFY(hand.front().span().size() < kOld.size() / 2 + 20);
    std::vector<Edit> all = migration.edits;
    all.insert(all.end(), hand.begin(), hand.end());
    QCOMPARE(QString::fromStdString(render(kOld, all).newCode), typed);
}

// Whatever is typed, and wherever, the edits give it back.
void TestHandEdits::editsRenderAnything()
{
    std::mt19937 random(3); // NOLINT(cert-msc32-c): the same cases each time
    const auto below = [&random](std::size_t n) { return random() % n; };
    const Migration migration = migrated(kOld);
    std::size_t whole = 0;
    for (int round = 0; round < 500; ++round) {
        std::vector<std::string> lines;
        for (std::size_t at = 0; at < migration.newCode.size();) {
            const std::size_t end = migration.newCode.find('\n', at) + 1;
            lines.push_back(migration.newCode.substr(at, end - at));
            at = end;
        }
        for (std::size_t i = below(4) + 1; i > 0; --i) {
            const std::size_t at = below(lines.size());
            const auto place = lines.begin() + static_cast<std::ptrdiff_t>(at);
            switch (below(3)) {
            case 0:
                lines.insert(place, "print(" + std::to_string(i) + ")\n");
                break;
            case 1:
                lines[at] = "# " + lines[at];
                break;
            default:
                lines.erase(place);
                lines.emplace_back("pass\n");
            }
        }
        std::string typed;
        for (const std::string &line : lines) {
            typed += line;
        }
        const std::vector<Edit> hand = handEdits(migration, typed);
        std::vector<Edit> all = migration.edits;
        all.insert(all.end(), hand.begin(), hand.end());
        QCOMPARE(render(kOld, all).newCode, typed);
        whole += hand.size() == 1 && hand.front().span() == ByteSpan{0, kOld.size()} ? 1 : 0;
    }
    QVERIFY2(whole < 100, std::to_string(whole).c_str());
}

void TestHandEdits::sameMigrationAgain()
{
    QFETCH(QString, from);
    QFETCH(QString, to);
    const Migration first = migrated(kOld);
    QString typed = QString::fromStdString(first.newCode).replace(from, to);
    Migration second = migrated(kOld);
    keepHandEdits(second, first.newCode, typed.toStdString());
    QCOMPARE(QString::fromStdString(second.newCode), typed);
    QCOMPARE(second.residues.size(), first.residues.size());
    QCOMPARE(QString::fromStdString(generatedCode(second)), QString::fromStdString(first.newCode));
    // And once more, with nothing typed since.
    Migration third = migrated(kOld);
    keepHandEdits(third, generatedCode(second), second.newCode);
    QCOMPARE(third.newCode, second.newCode);
    QCOMPARE(third.edits.size(), second.edits.size());
}

void TestHandEdits::newRuleElsewhere()
{
    const Migration first = migrated(kOld, {"no-such-rule"});
    QCOMPARE(first.newCode, kOld);
    QString typed = QString::fromStdString(first.newCode).replace("z = 1", "z = 2");
    Migration second = migrated(kOld);
    keepHandEdits(second, first.newCode, typed.toStdString());
    QVERIFY(second.newCode.find("z = 2") != std::string::npos);
    QVERIFY(second.newCode.find("linalg.solve") != std::string::npos);
    QVERIFY(second.newCode.find("gesv") == std::string::npos);
}

void TestHandEdits::conflict()
{
    const Migration first = migrated(kOld, {"no-such-rule"});
    QString typed =
        QString::fromStdString(first.newCode).replace("torch.gesv(a, a)", "my_solve(a, a)");
    Migration second = migrated(kOld);
    const std::size_t before = second.residues.size();
    keepHandEdits(second, first.newCode, typed.toStdString());
    QVERIFY(second.newCode.find("my_solve(a, a)") != std::string::npos);
    QVERIFY(second.newCode.find("linalg.solve") == std::string::npos);
    QVERIFY(second.newCode.find("linalg.cholesky") != std::string::npos
            || second.newCode.find("torch.cholesky") != std::string::npos);
    QCOMPARE(second.residues.size(), before + 1);
    const auto residue =
        std::find_if(second.residues.begin(), second.residues.end(),
                     [](const Residue &r) { return r.reason == ResidueReason::Conflict; });
    QVERIFY(residue != second.residues.end());
    QCOMPARE(residue->line, 3);
    QCOMPARE(QString::fromStdString(residue->symbol), QStringLiteral("torch.gesv"));
    QVERIFY(residue->detail.en.find("linalg.solve") != std::string::npos);
    QVERIFY(residue->detail.ru.find("linalg.solve") != std::string::npos);
}

void TestHandEdits::changedOldCode()
{
    const Migration first = migrated(kOld);
    QString typed = QString::fromStdString(first.newCode).replace("z = 1", "z = 2");
    const std::string older =
        "import torch\nimport os\n" + kOld.substr(kOld.find("a =")) + "v = torch.potrf(x)\n";
    Migration second = migrated(older);
    keepHandEdits(second, first.newCode, typed.toStdString());
    QVERIFY(second.newCode.find("import os\n") != std::string::npos);
    QVERIFY(second.newCode.find("z = 2\n") != std::string::npos);
    QVERIFY(second.newCode.find("potrf") == std::string::npos);
    QVERIFY(std::none_of(second.residues.begin(), second.residues.end(),
                         [](const Residue &r) { return r.reason == ResidueReason::Conflict; }));
}

void TestHandEdits::dropped()
{
    Migration migration = migrated(kOld);
    const Migration before = migration;
    keepHandEdits(migration, before.newCode, before.newCode + "print(x)\n");
    QCOMPARE(migration.edits.size(), before.edits.size() + 1);
    dropHandEdits(migration);
    QCOMPARE(migration.edits.size(), before.edits.size());
    QCOMPARE(migration.residues.size(), before.residues.size());
}

QTEST_GUILESS_MAIN(TestHandEdits)
#include "tst_handedits.moc"
