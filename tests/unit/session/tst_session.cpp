#include <QtTest>

#include <random>

#include "base/files.h"
#include "session/fields.h"
#include "session/session.h"
#include "support/samplesession.h"
#include "support/schemacheck.h"

using namespace TorchLift;

namespace {

const std::string kSourceDir = TORCHLIFT_SOURCE_DIR;

struct Anything
{
    template <typename T>
    operator T() const; // NOLINT(google-explicit-constructor): stands for a member of any type
};

// The most values that a structure can be initialised with.
template <typename T, typename... Values>
constexpr std::size_t memberCount()
{
    if constexpr (requires { T{Values()..., Anything()}; }) {
        return memberCount<T, Values..., Anything>();
    } else {
        return sizeof...(Values);
    }
}

struct Counter
{
    std::size_t count = 0;

    template <typename T>
    void operator()(std::string_view, const T &)
    {
        ++count;
    }
    template <typename T>
    void added(std::string_view name, const T &value)
    {
        (*this)(name, value);
    }
};

template <typename T>
std::size_t listedMembers()
{
    const T value{};
    Counter counter;
    fields(counter, value);
    return counter.count;
}

std::string replaced(std::string text, std::string_view what, std::string_view by)
{
    const std::size_t at = text.find(what);
    if (at == std::string::npos) {
        qFatal("the sample does not hold %s", std::string(what).c_str());
    }
    return text.replace(at, what.size(), by);
}

std::string failureOf(const std::string &json)
{
    const Result<Session> session = sessionFromJson(json);
    return session ? ""
                   : std::string(errcName(session.error().code)) + ": " + session.error().detail;
}

} // namespace

class TestSession : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyMemberIsListed();
    void roundTrip();
    void everyMemberComesBack();
    void emptySessionComesBack();
    void bytesOnDisk();
    void readsEarlierFiles();
    void followsItsSchema();
    void unknownMembersArePassedOver();
    void refuses_data();
    void refuses();
    void refusesBadSpans_data();
    void refusesBadSpans();
    void keptPiecesMayNest();
    void refusesKeptPiecesInCircles_data();
    void refusesKeptPiecesInCircles();
    void newerSchemaStaysUntouched();
    void everyTruncationIsRefused();
    void flippedBytesNeverCrash();
    void saves();
    void failsToSave();
    void failsToLoad_data();
    void failsToLoad();
};

// A member added to a structure and forgotten in fields.h would be lost without a word.
void TestSession::everyMemberIsListed()
{
    QCOMPARE(listedMembers<ByteSpan>(), memberCount<ByteSpan>());
    QCOMPARE(listedMembers<LocalizedText>(), memberCount<LocalizedText>());
    QCOMPARE(listedMembers<Use>(), memberCount<Use>());
    QCOMPARE(listedMembers<Piece>(), memberCount<Piece>());
    QCOMPARE(listedMembers<Replacement>(), memberCount<Replacement>());
    QCOMPARE(listedMembers<Edit>(), memberCount<Edit>());
    QCOMPARE(listedMembers<Residue>(), memberCount<Residue>());
    QCOMPARE(listedMembers<VersionEvidence>(), memberCount<VersionEvidence>());
    // Where the text stands, and what was seen when it ran, hold for one migration only.
    QCOMPARE(listedMembers<MigrationOptions>(), memberCount<MigrationOptions>() - 2);
    QCOMPARE(listedMembers<Migration>(), memberCount<Migration>());
    QCOMPARE(listedMembers<EmbeddingChoice>(), memberCount<EmbeddingChoice>());
    QCOMPARE(listedMembers<Chunk>(), memberCount<Chunk>());
    QCOMPARE(listedMembers<RankedChunk>(), memberCount<RankedChunk>());
    QCOMPARE(listedMembers<Retrieval>(), memberCount<Retrieval>());
    // A trace, where in it a warning came, and what was seen at the sites of a watched run are made
    // anew when they are wanted, what was restored stands in the verdict, and tests, files and
    // missing packages are those of projects, which no session holds: never saved.
    QCOMPARE(listedMembers<RunWarning>(), memberCount<RunWarning>() - 1);
    QCOMPARE(listedMembers<Variable>(), memberCount<Variable>());
    QCOMPARE(listedMembers<Run>(), memberCount<Run>() - 6);
    QCOMPARE(listedMembers<Difference>(), memberCount<Difference>());
    QCOMPARE(listedMembers<DistributionShift>(), memberCount<DistributionShift>());
    QCOMPARE(listedMembers<RunConditions>(), memberCount<RunConditions>());
    QCOMPARE(listedMembers<Divergence>(), memberCount<Divergence>());
    QCOMPARE(listedMembers<Verdict>(), memberCount<Verdict>());
    QCOMPARE(listedMembers<ResultRow>(), memberCount<ResultRow>());
}

void TestSession::roundTrip()
{
    const std::string json = sessionToJson(sampleSession());
    const Result<Session> session = sessionFromJson(json);
    QVERIFY2(session.has_value(), session ? "" : session.error().detail.c_str());
    QCOMPARE(sessionToJson(*session), json);
}

void TestSession::everyMemberComesBack()
{
    const Session wanted = sampleSession();
    const Session session = sessionFromJson(sessionToJson(wanted)).value();
    QCOMPARE(session.options.from, wanted.options.from);
    QCOMPARE(session.options.accept, Acceptance::All);
    QCOMPARE(session.migration.oldCode, wanted.migration.oldCode);
    const Edit &edit = session.migration.edits.at(0);
    QCOMPARE(edit.replacements, wanted.migration.edits.at(0).replacements);
    QCOMPARE(edit.title, wanted.migration.edits.at(0).title);
    QCOMPARE(edit.provenance, Provenance::Model);
    QCOMPARE(edit.safety, Safety::Behaviour);
    QCOMPARE(edit.evidence, Evidence::NameOnly);
    QCOMPARE(edit.proof, EditProof::Refuted);
    QCOMPARE(session.migration.residues.at(0).reason, ResidueReason::NeedsDecision);
    QCOMPARE(session.retrieval->ranked.at(0).denseScore, 1.0 / 3.0);
    QCOMPARE(session.retrieval->citedOnly.at(0).rank, 17U);
    const Run &run = *session.result->oldAtSource;
    QCOMPARE(run.outcome, Outcome::Exception);
    QCOMPARE(run.output, "1\n\uFFFD\n"); // made valid
    QCOMPARE(run.errorOutput, std::string("a\0b\x1B", 4));
    QCOMPARE(run.peakMemoryBytes, 5'000'000'000);
    const std::vector<double> &values = run.variables.at("x").values;
    QVERIFY(std::isnan(values.at(0)));
    QCOMPARE(values.at(1), HUGE_VAL);
    QCOMPARE(values.at(2), -HUGE_VAL);
    QCOMPARE(values.at(3), 0.1);
    QVERIFY(!session.result->newAtTarget.has_value());
    QCOMPARE(session.result->verdict->kind, VerdictKind::RandomStream);
}

void TestSession::emptySessionComesBack()
{
    const Session session = sessionFromJson(sessionToJson(Session())).value();
    QVERIFY(!session.retrieval.has_value());
    QVERIFY(!session.result.has_value());
    QVERIFY(!session.options.from.has_value());
    QCOMPARE(session.migration.from, (Version{1, 0, 0}));
}

// The format is a promise: files of today are read by every later version.
void TestSession::bytesOnDisk()
{
    const auto pinned = readFile(kSourceDir + "/tests/unit/session/pinned.torchlift");
    QVERIFY(pinned.has_value());
    QCOMPARE(QString::fromStdString(sessionToJson(sampleSession())),
             QString::fromStdString(*pinned));
}

// Members that came later are then as they are by themselves.
void TestSession::readsEarlierFiles()
{
    const auto earlier = loadSession(kSourceDir + "/tests/unit/session/earlier.torchlift");
    QVERIFY2(earlier, earlier ? "" : earlier.error().detail.c_str());
    QVERIFY(earlier->result && earlier->result->oldAtSource);
    QVERIFY(!earlier->result->isTraced);
    QVERIFY(!earlier->result->divergence);
    QVERIFY(earlier->result->oldAtSource->randomState.empty());
}

void TestSession::followsItsSchema()
{
    const std::string schema = kSourceDir + "/resources/schemas/session.schema.json";
    const std::string json = sessionToJson(sampleSession());
    QCOMPARE(schemaFault(schema, json), std::string());
    QCOMPARE(schemaFault(schema, sessionToJson(Session())), std::string());
    QVERIFY(!schemaFault(schema, replaced(json, "\"schema\": 1", "\"schema\": 2")).empty());
    QVERIFY(!schemaFault(schema, replaced(json, "\"begin\": 13", "\"begin\": -13")).empty());
}

void TestSession::unknownMembersArePassedOver()
{
    const std::string json = sessionToJson(sampleSession());
    const std::string more = replaced(json, "\"fileName\"", "\"colour\": [1, {}],\n \"fileName\"");
    QCOMPARE(sessionToJson(sessionFromJson(more).value()), json);
}

void TestSession::refuses_data()
{
    QTest::addColumn<std::string>("json");
    QTest::addColumn<std::string>("failure");
    const std::string json = sessionToJson(sampleSession());
    const auto row = [&](const char *name, const char *what, const char *by, const char *failure) {
        QTest::newRow(name) << replaced(json, what, by) << std::string(failure);
    };
    QTest::newRow("empty") << std::string() << std::string("damaged: it is not a JSON object");
    QTest::newRow("a list") << std::string("[]") << std::string("damaged: it is not a JSON object");
    QTest::newRow("another object") << std::string("{}") << std::string("damaged: kind is missing");
    QTest::newRow("nested without end")
        << std::string(10'000'000, '[') << std::string("damaged: its JSON is nested too deeply");
    row("another kind", "torchlift-session", "recipe", "damaged: kind is not that of a session");
    row("schema as text", "\"schema\": 1", "\"schema\": \"1\"",
        "damaged: schema is not a whole number");
    row("missing", "\"createdAt\"", "\"created\"", "damaged: createdAt is missing");
    row("a number for a text", "\"solve.py\"", "7", "damaged: fileName is not a text");
    row("null for a text", "\"solve.py\"", "null", "damaged: fileName is not a text");
    row("a text for a list", "\"only\": [\n   \"gesv\"\n  ]", "\"only\": \"gesv\"",
        "damaged: options.only is not a list");
    row("unknown word", "\"safety\": \"behaviour\"", "\"safety\": \"maybe\"",
        "damaged: migration.edits[0].safety is not a known word");
    row("not a version", "\"from\": \"1.0.1\"", "\"from\": \"one\"",
        "damaged: options.from is not a version");
    row("a version of two numbers", "\"from\": \"1.0.1\"", "\"from\": \"1.0\"",
        "damaged: options.from is not a version");
    row("a fraction for a line", "\"line\": 3", "\"line\": 3.5",
        "damaged: migration.residues[0].line is not a whole number");
    row("a line beyond int", "\"line\": 3", "\"line\": 3000000000",
        "damaged: migration.residues[0].line is out of range");
    row("a rank below zero", "\"rank\": 1,", "\"rank\": -1,",
        "damaged: retrieval.ranked[0].rank is out of range");
    row("a rank beyond 64 bits", "\"rank\": 1,", "\"rank\": 18446744073709551615,",
        "damaged: retrieval.ranked[0].rank is out of range");
    row("a word for a number", "[\"nan\"", "[\"none\"",
        "damaged: result.oldAtSource.variables.x.values[0] is not a number");
    row("one for true", "\"isAccepted\": true", "\"isAccepted\": 1",
        "damaged: migration.edits[0].isAccepted is neither true nor false");
}

void TestSession::refuses()
{
    QFETCH(std::string, json);
    QFETCH(std::string, failure);
    QCOMPARE(failureOf(json), failure);
}

void TestSession::refusesBadSpans_data()
{
    QTest::addColumn<std::string>("what");
    QTest::addColumn<std::string>("by");
    QTest::addColumn<std::string>("place");
    const std::string span = "migration.edits[0].replacements[0].span is outside the code";
    QTest::newRow("past the end") << std::string("\"end\": 38") << std::string("\"end\": 9999")
                                  << span;
    QTest::newRow("end before begin")
        << std::string("\"end\": 38") << std::string("\"end\": 12") << span;
    QTest::newRow("inside a character")
        << std::string("\"end\": 38") << std::string("\"end\": 64") << span;
    QTest::newRow("kept")
        << std::string("\"begin\": 35") << std::string("\"begin\": 37")
        << std::string("migration.edits[0].replacements[0].pieces[1].kept is outside the code");
    QTest::newRow("residue") << std::string("\"begin\": 43") << std::string("\"begin\": 58")
                             << std::string("migration.residues[0].span is outside the code");
    QTest::newRow("residue's line")
        << std::string("\"line\": 3") << std::string("\"line\": 5")
        << std::string("migration.residues[0].line is outside the code");
    QTest::newRow("evidence's line")
        << std::string("\"line\": 2") << std::string("\"line\": -2")
        << std::string("migration.fromEvidence[0].line is outside the code");
}

void TestSession::refusesBadSpans()
{
    QFETCH(std::string, what);
    QFETCH(std::string, by);
    QFETCH(std::string, place);
    QCOMPARE(failureOf(replaced(sessionToJson(sampleSession()), what, by)), "damaged: " + place);
}

void TestSession::keptPiecesMayNest()
{
    Session session = sampleSession();
    Edit inner = session.migration.edits.front();
    inner.replacements = {{{35, 36}, {{"B", {}, false}}}};
    session.migration.edits.push_back(inner);
    QCOMPARE(failureOf(sessionToJson(session)), std::string());
    session.migration.edits.back().replacements.push_back({{35, 36}, {}});
    QCOMPARE(failureOf(sessionToJson(session)),
             "damaged: migration.edits[1].replacements[1].span overlaps the one before");
    session.migration.edits.back().replacements.clear();
    QCOMPARE(failureOf(sessionToJson(session)),
             "damaged: migration.edits[1].replacements is empty");
}

void TestSession::refusesKeptPiecesInCircles_data()
{
    using Replacements = std::vector<Replacement>;
    QTest::addColumn<Replacements>("replacements");
    const auto keeps = [](ByteSpan span, ByteSpan kept) {
        return Replacement{span, {{"", kept, true}}};
    };
    QTest::newRow("itself") << Replacements{keeps({5, 9}, {5, 9})};
    QTest::newRow("more than itself") << Replacements{keeps({5, 9}, {4, 10})};
    QTest::newRow("each other") << Replacements{keeps({1, 2}, {5, 9}), keeps({5, 9}, {0, 3})};
    QTest::newRow("three") << Replacements{keeps({1, 2}, {5, 9}), keeps({5, 9}, {20, 30}),
                                           keeps({21, 22}, {1, 2})};
    Replacements many(2000, keeps({5, 5}, {5, 9})); // four million nestings
    QTest::newRow("very many") << many;
}

void TestSession::refusesKeptPiecesInCircles()
{
    QFETCH(std::vector<Replacement>, replacements);
    Session session = sampleSession();
    session.migration.edits.front().replacements = replacements;
    QCOMPARE(failureOf(sessionToJson(session)),
             "damaged: migration.edits hold each other in a circle");
}

void TestSession::newerSchemaStaysUntouched()
{
    const QTemporaryDir folder;
    const std::filesystem::path file = folder.filePath(QStringLiteral("s.torchlift")).toStdString();
    const std::string json = "{\"kind\": \"torchlift-session\", \"schema\": 2, \"all\": \"new\"}";
    QVERIFY(writeFileAtomically(file, json).has_value());
    const Result<Session> session = loadSession(file);
    QVERIFY(!session);
    QCOMPARE(session.error().code, Errc::Incompatible);
    QCOMPARE(session.error().subject, file.string());
    QCOMPARE(readFile(file).value(), json);
}

void TestSession::everyTruncationIsRefused()
{
    const std::string json = sessionToJson(sampleSession());
    for (std::size_t length = 0; length + 1 < json.size(); ++length) { // all but the last newline
        QVERIFY(!sessionFromJson(std::string_view(json).substr(0, length)));
    }
}

// Robustness 52. Whatever is still accepted can be worked with.
void TestSession::flippedBytesNeverCrash()
{
    const std::string json = sessionToJson(sampleSession());
    std::mt19937 random(1);
    int accepted = 0;
    for (int round = 0; round < 3000; ++round) {
        std::string damaged = json;
        for (int flips = 0; flips < 1 + round % 3; ++flips) {
            damaged[random() % damaged.size()] ^= static_cast<char>(1U << random() % 8);
        }
        if (const Result<Session> session = sessionFromJson(damaged)) {
            const Migration &migration = session->migration;
            QVERIFY(render(migration.oldCode, migration.edits).newCode.size() < 10000);
            ++accepted;
        }
    }
    qInfo("%d of 3000 damaged files are still sessions (texts changed)", accepted);
}

void TestSession::saves()
{
    const QTemporaryDir folder;
    const std::filesystem::path file = folder.filePath(QStringLiteral("s.torchlift")).toStdString();
    QVERIFY(saveSession(file, Session()).has_value());
    QVERIFY(saveSession(file, sampleSession()).has_value()); // replaces
    QCOMPARE(readFile(file).value(), sessionToJson(sampleSession()));
    QCOMPARE(sessionToJson(loadSession(file).value()), sessionToJson(sampleSession()));
    QCOMPARE(QDir(folder.path()).entryList(QDir::Files | QDir::Hidden).size(), 1);
}

void TestSession::failsToSave()
{
    const QTemporaryDir folder;
    const std::filesystem::path missing = folder.filePath(QStringLiteral("a/b")).toStdString();
    QCOMPARE(saveSession(missing, Session()).error().code, Errc::Io);
    Session huge;
    huge.prompt = std::string(129U * 1024U * 1024U, 'x');
    const std::filesystem::path file = folder.filePath(QStringLiteral("s")).toStdString();
    QCOMPARE(saveSession(file, huge).error().code, Errc::TooLarge);
    QVERIFY(!std::filesystem::exists(file));
}

void TestSession::failsToLoad_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<Errc>("code");
    QTest::newRow("missing") << QStringLiteral("none") << Errc::NotFound;
    QTest::newRow("a folder") << QStringLiteral(".") << Errc::Unreadable;
    QTest::newRow("empty") << QStringLiteral("empty") << Errc::Damaged;
    QTest::newRow("binary") << QStringLiteral("binary") << Errc::Damaged;
}

void TestSession::failsToLoad()
{
    QFETCH(QString, name);
    QFETCH(Errc, code);
    const QTemporaryDir folder;
    QVERIFY(writeFileAtomically(folder.filePath(QStringLiteral("empty")).toStdString(), ""));
    QVERIFY(writeFileAtomically(folder.filePath(QStringLiteral("binary")).toStdString(),
                                std::string_view("\x7F"
                                                 "ELF\0\xFF\xFE",
                                                 7)));
    const Result<Session> session = loadSession(folder.filePath(name).toStdString());
    QVERIFY(!session);
    QCOMPARE(session.error().code, code);
    QVERIFY(!session.error().subject.empty());
}

QTEST_GUILESS_MAIN(TestSession)
#include "tst_session.moc"
