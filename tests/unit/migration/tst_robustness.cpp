#include "migration/migrate.h"
#include "source/syntaxtree.h"

#include <random>

#include <QElapsedTimer>
#include <QTest>

using namespace TorchLift;

namespace {

bool parses(const std::string &code)
{
    const auto tree = SyntaxTree::parse(code);
    return tree && tree->errors().empty();
}

} // namespace

/// Damaged and huge sources: no crash, no hang, the result parses whenever the input did.
class TestRobustness : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void mutatedSources();
    void hugeInputs_data();
    void hugeInputs();

private:
    std::shared_ptr<const RuleSet> m_rules;
    std::shared_ptr<const Timeline> m_timeline;
};

void TestRobustness::initTestCase()
{
    const auto rules = RuleSet::load(TORCHLIFT_SOURCE_DIR "/resources/rules");
    QVERIFY2(rules, rules ? "" : rules.error().detail.c_str());
    m_rules = *rules;
    const auto timeline = Timeline::load(TORCHLIFT_SOURCE_DIR "/resources/timeline");
    QVERIFY(timeline);
    m_timeline = *timeline;
}

void TestRobustness::mutatedSources()
{
    std::vector<std::string> sources;
    for (const RuleInfo &rule : m_rules->rules()) {
        for (const RuleExample &example : rule.examples) {
            sources.push_back(example.oldCode);
        }
    }
    std::mt19937 random(1);
    const auto below = [&](std::size_t limit) {
        return limit == 0 ? 0 : std::uniform_int_distribution<std::size_t>(0, limit - 1)(random);
    };
    const std::string noise = "()[]{}:,.=\n\t\"'#\\$\xff\x80";
    // More on request: TORCHLIFT_FUZZ=5000
    const int wanted = qEnvironmentVariableIntValue("TORCHLIFT_FUZZ");
    for (int i = 0; i < (wanted > 0 ? wanted : 500); ++i) {
        std::string code = sources[below(sources.size())] + sources[below(sources.size())];
        for (std::size_t k = 0; k < 1 + below(4); ++k) {
            const std::size_t at = below(code.size());
            switch (below(4)) {
            case 0:
                code.resize(at);
                break;
            case 1:
                code.insert(at, 1, noise[below(noise.size())]);
                break;
            case 2:
                code.erase(at, below(20));
                break;
            default:
                code.insert(at, code.substr(below(code.size()), below(60)));
                break;
            }
        }
        QElapsedTimer timer;
        timer.start();
        MigrationOptions options;
        options.accept = Acceptance::All;
        const auto migration = migrate(code, *m_rules, options, {}, m_timeline.get());
        QVERIFY2(timer.elapsed() < 1000, code.c_str());
        if (migration && parses(code)) {
            QVERIFY2(parses(migration->newCode), migration->newCode.c_str());
        }
    }
}

void TestRobustness::hugeInputs_data()
{
    QTest::addColumn<QByteArray>("code");
    QTest::newRow("deep nesting") << QByteArray(200'000, '(');
    QTest::newRow("balanced nesting") << QByteArray(100'000, '[') + QByteArray(100'000, ']');
    QTest::newRow("one line of a million characters") << "x = '" + QByteArray(1'000'000, 'a') + "'";
    QTest::newRow("long chain") << "x = 1" + QByteArray(" + 1").repeated(50'000);
    QTest::newRow("no Python") << QByteArray("<html> \x01 }{ ").repeated(20'000);
    QTest::newRow("no Python, in lines")
        << QByteArray("<a href=\"x\"> }{ ) ( <b>\n").repeated(40'000);
    QTest::newRow("one syntax error before much code")
        << "x = (\n" + QByteArray("import torch\ny = torch.gesv(b, A)[0]\n").repeated(4'000);
    QTest::newRow("many lines")
        << QByteArray("import torch\nx = torch.gesv(b, A)[0]\n").repeated(2'000);
}

void TestRobustness::hugeInputs()
{
    QFETCH(QByteArray, code);
    QElapsedTimer timer;
    timer.start();
    const auto migration = migrate(code.toStdString(), *m_rules, {});
    QVERIFY2(timer.elapsed() < 10'000, qPrintable(QString::number(timer.elapsed())));
    if (!migration) {
        QVERIFY(migration.error().code == Errc::TooLarge);
    }
}

QTEST_GUILESS_MAIN(TestRobustness)
#include "tst_robustness.moc"
