#include <QTest>

#include <algorithm>
#include <ctime>

#include "base/text.h"
#include "migration/migrate.h"
#include "source/syntaxtree.h"
#include "support/sourcemutator.h"

using namespace TorchLift;

namespace {

bool parses(const std::string &code)
{
    const auto tree = SyntaxTree::parse(code);
    return tree && tree->errors().empty();
}

#ifdef __SANITIZE_ADDRESS__
constexpr double kLongestSeconds = 10; // what sanitizers make of one
#else
constexpr double kLongestSeconds = 1;
#endif

// Of this thread: what other programs take does not count.
double usedSeconds()
{
    timespec time{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

} // namespace

/// Damaged sources through the migration: no crash, none above a second, the result parses when
/// the input did, and migrating that again changes nothing. TORCHLIFT_FUZZ says how many.
class TestFuzz : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void mutatedSources();

private:
    QString wrongWith(const std::string &bytes, Acceptance accept);
    Result<Migration> timed(const std::string &code, const MigrationOptions &options);

    std::shared_ptr<const RuleSet> m_rules;
    std::shared_ptr<const Timeline> m_timeline;
    double m_longest = 0;
    int m_unread = 0;
    int m_changed = 0;
    int m_parsed = 0;
};

void TestFuzz::initTestCase()
{
    const auto rules = RuleSet::load(TORCHLIFT_SOURCE_DIR "/resources/rules");
    QVERIFY2(rules, rules ? "" : rules.error().detail.c_str());
    m_rules = *rules;
    const auto timeline = Timeline::load(TORCHLIFT_SOURCE_DIR "/resources/timeline");
    QVERIFY(timeline);
    m_timeline = *timeline;
}

Result<Migration> TestFuzz::timed(const std::string &code, const MigrationOptions &options)
{
    const double begin = usedSeconds();
    auto migration = migrate(code, *m_rules, options, {}, m_timeline.get());
    m_longest = std::max(m_longest, usedSeconds() - begin);
    return migration;
}

// Empty when nothing is.
QString TestFuzz::wrongWith(const std::string &bytes, Acceptance accept)
{
    const auto source = decodeSource(bytes);
    if (!source) {
        ++m_unread;
        return source.error().code == Errc::InvalidInput ? QString() : QStringLiteral("decoding");
    }
    MigrationOptions options;
    options.accept = accept;
    const auto migration = timed(source->utf8, options);
    if (!migration) {
        ++m_unread;
        return migration.error().code == Errc::TooLarge ? QString() : QStringLiteral("an error");
    }
    const std::string &code = migration->newCode;
    const bool isApplied = std::any_of(migration->edits.begin(), migration->edits.end(),
                                       [](const Edit &edit) { return edit.isAccepted; });
    if (!isApplied && code != source->utf8) {
        return QStringLiteral("changed without an edit");
    }
    m_changed += code != source->utf8 ? 1 : 0;
    if (!parses(source->utf8)) {
        return {}; // what is readable of it may be more after a change
    }
    ++m_parsed;
    if (!parses(code)) {
        return QStringLiteral("the result does not parse");
    }
    options.from = migration->from;
    // A mutated text may use a name above its import; an import that was added on top binds it, so
    // that the next migration sees one use more. Then it must be done.
    auto again = timed(code, options);
    if (again && again->newCode != code) {
        const std::string second = again->newCode;
        again = timed(second, options);
        if (!again || again->newCode != second) {
            return QStringLiteral("not idempotent");
        }
    }
    if (!again) {
        return QStringLiteral("an error on the result");
    }
    return {};
}

void TestFuzz::mutatedSources()
{
    std::vector<std::string> sources = SourceMutator::read(
        {TORCHLIFT_SOURCE_DIR "/tests/data/real", TORCHLIFT_SOURCE_DIR "/resources/demos"});
    QVERIFY(sources.size() > 50);
    for (const RuleInfo &rule : m_rules->rules()) {
        for (const RuleExample &example : rule.examples) {
            sources.push_back(example.oldCode);
        }
    }
    const int asked = qEnvironmentVariableIntValue("TORCHLIFT_FUZZ");
    const int count = asked > 0 ? asked : 1000;
    const QByteArray folder = qgetenv("TORCHLIFT_FUZZ_FAILURES"); // keeps what went wrong
    SourceMutator mutator(std::move(sources), 1);
    int failures = 0;
    for (int i = 0; i < count; ++i) {
        const std::string bytes = mutator.next();
        const double before = std::exchange(m_longest, 0.0);
        QString wrong = wrongWith(bytes, i % 2 == 0 ? Acceptance::All : Acceptance::Review);
        if (wrong.isEmpty() && m_longest > kLongestSeconds) {
            wrong = QStringLiteral("%1 s").arg(m_longest);
        }
        m_longest = std::max(m_longest, before);
        if (wrong.isEmpty()) {
            continue;
        }
        ++failures;
        qWarning("source %d: %s", i, qPrintable(wrong));
        if (!folder.isEmpty()) {
            QFile file(QStringLiteral("%1/%2.py").arg(QString::fromLocal8Bit(folder)).arg(i));
            QVERIFY(file.open(QIODevice::WriteOnly));
            file.write(bytes.data(), static_cast<qint64>(bytes.size()));
        }
    }
    qInfo("%d sources: %d valid Python, %d changed, %d not read; longest %.3f s", count, m_parsed,
          m_changed, m_unread, m_longest);
    QCOMPARE(failures, 0);
}

QTEST_GUILESS_MAIN(TestFuzz)
#include "tst_fuzz.moc"
