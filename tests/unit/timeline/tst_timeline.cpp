#include <QTest>

#include "smalltimeline.h"
#include "timeline/timeline.h"

using namespace TorchLift;

namespace {

QString described(const std::vector<SymbolBreak> &breaks)
{
    QStringList list;
    for (const SymbolBreak &change : breaks) {
        list << QString::fromLatin1(breakKindName(change.kind)) + QLatin1Char(' ')
                    + QString::fromStdString(change.since.toShortString());
    }
    return list.join(QLatin1String(", "));
}

QString joined(const std::vector<std::string> &names)
{
    QStringList list;
    for (const std::string &name : names) {
        list << QString::fromStdString(name);
    }
    return list.join(QLatin1Char(' '));
}

} // namespace

/// What follows from a timeline, on one small enough to check by eye.
class TestTimeline : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void lives();
    void breaks_data();
    void breaks();
    void signatureThatLostParameters();
    void covers_data();
    void covers();
    void similar();
    void bounds_data();
    void bounds();
    void missingFile_data();
    void missingFile();
    void releasesThatDiffer();

private:
    SmallTimeline m_small;
    std::shared_ptr<const Timeline> m_timeline;
};

void TestTimeline::initTestCase()
{
    auto timeline = Timeline::load(m_small.path());
    QVERIFY2(timeline, timeline ? "" : timeline.error().detail.c_str());
    m_timeline = *timeline;
}

void TestTimeline::lives()
{
    const auto away = m_timeline->lookup("torch.away");
    QVERIFY(away);
    QVERIFY(away->born == (Version{1, 0, 0}));
    QVERIFY(away->gone == (Version{1, 10, 0}));
    QCOMPARE(away->signatures.size(), std::size_t(1));
    QVERIFY(away->signatures[0].origin == SignatureOrigin::Docstring);
    QCOMPARE(away->signatures[0].parameters, std::string("(B, A)"));

    const auto back = m_timeline->lookup("torch.back");
    QVERIFY(back && !back->gone);
    QCOMPARE(back->presence.size(), std::size_t(2));
    QVERIFY(back->presence[0].gone == (Version{1, 9, 0}));

    const auto refuses = m_timeline->lookup("torch.refuses");
    QVERIFY(refuses && refuses->raises && refuses->deprecated);
    QVERIFY(*refuses->raises == (Notice{{2, 0, 0}, "RuntimeError: gone"}));
    QVERIFY(*refuses->deprecated == (Notice{{1, 9, 0}, "Going."}));

    // A warning that was taken back and came again counts from when it came again.
    QVERIFY(m_timeline->lookup("torch.warns")->deprecated->since == (Version{2, 0, 0}));
    QCOMPARE(m_timeline->lookup("torch.nn.move")->describedAs, std::string("torch.Base"));
    QVERIFY(m_timeline->lookup("torchvision.Scale")->package == Package::Torchvision);
    QVERIFY(!m_timeline->lookup("torch.nothing"));
    QVERIFY(!m_timeline->lookup("torchaudio.load"));
    QVERIFY(!m_timeline->lookup(""));
    QVERIFY(m_timeline->torchvisionFor({1, 10, 2}) == (Version{0, 11, 1}));
}

void TestTimeline::breaks_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("from");
    QTest::addColumn<QString>("to");
    QTest::addColumn<QString>("expected");
    QTest::addRow("nothing happens") << "torch.Base"
                                     << "1.0"
                                     << "2.0"
                                     << "";
    QTest::addRow("gone") << "torch.away"
                          << "1.0"
                          << "2.0"
                          << "gone 1.10";
    QTest::addRow("gone, not yet") << "torch.away"
                                   << "1.0"
                                   << "1.9.1"
                                   << "";
    QTest::addRow("gone at the source already") << "torch.away"
                                                << "1.10"
                                                << "2.0"
                                                << "gone 1.10";
    QTest::addRow("older than the symbol") << "torch.late"
                                           << "1.0"
                                           << "2.0"
                                           << "missing 1.10";
    QTest::addRow("both older than the symbol") << "torch.late"
                                                << "1.0"
                                                << "1.9"
                                                << "missing 1.10";
    QTest::addRow("in the gap") << "torch.back"
                                << "1.0"
                                << "1.9"
                                << "gone 1.9";
    QTest::addRow("after the gap") << "torch.back"
                                   << "1.0"
                                   << "2.0"
                                   << "";
    QTest::addRow("became a module") << "torch.fft"
                                     << "1.0"
                                     << "2.0"
                                     << "kind-changed 1.10";
    QTest::addRow("refuses") << "torch.refuses"
                             << "1.0"
                             << "2.0"
                             << "raises 2.0, signature-changed 2.0, deprecated 1.9";
    QTest::addRow("warns") << "torch.refuses"
                           << "1.0"
                           << "1.10"
                           << "deprecated 1.9";
    QTest::addRow("inherited") << "torch.Child.move"
                               << "1.9"
                               << "2.0"
                               << "signature-changed 2.0";
    QTest::addRow("unknown") << "torch.nothing"
                             << "1.0"
                             << "2.0"
                             << "";
    QTest::addRow("of Python") << "time.clock"
                               << "3.6"
                               << "3.11"
                               << "gone 3.8";
}

void TestTimeline::breaks()
{
    QFETCH(QString, name);
    QFETCH(QString, from);
    QFETCH(QString, to);
    QFETCH(QString, expected);
    const auto found = m_timeline->breaksBetween(
        name.toStdString(), *Version::parse(from.toStdString()), *Version::parse(to.toStdString()));
    QCOMPARE(described(found), expected);
}

void TestTimeline::signatureThatLostParameters()
{
    const auto move = m_timeline->breaksBetween("torch.Base.move", {1, 0, 0}, {2, 0, 0});
    QCOMPARE(move.size(), std::size_t(1));
    QVERIFY(move[0].isCertain);
    QCOMPARE(joined(move[0].lost), QStringLiteral("x"));
    QCOMPARE(move[0].before, std::string("(x)"));
    QCOMPARE(move[0].after, std::string("(y=0)"));

    const auto refuses = m_timeline->breaksBetween("torch.refuses", {1, 0, 0}, {2, 0, 0});
    QVERIFY(refuses.size() == 3 && !refuses[1].isCertain); // now a wrapper: says nothing
    QVERIFY(refuses[1].lost.empty());
}

void TestTimeline::covers_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<bool>("expected");
    QTest::addRow("known") << "torch.nn" << true;
    QTest::addRow("known not to exist") << "torch.nn.Nothing" << true;
    QTest::addRow("in a module that is not listed") << "torch.hidden.x" << false;
    QTest::addRow("underscore") << "torch._C._nn" << false;
    QTest::addRow("another package") << "torchaudio.load" << false;
}

void TestTimeline::covers()
{
    QFETCH(QString, name);
    QFETCH(bool, expected);
    QCOMPARE(m_timeline->covers(name.toStdString()), expected);
}

void TestTimeline::similar()
{
    QCOMPARE(joined(m_timeline->similarNames("torch.lat", {2, 0, 0})), QString()); // too short
    QCOMPARE(joined(m_timeline->similarNames("torch.latte", {2, 0, 0})),
             QStringLiteral("torch.late"));
    QCOMPARE(joined(m_timeline->similarNames("torch.latte", {1, 9, 0})), QString());
    QCOMPARE(joined(m_timeline->similarNames("torch.refused", {1, 0, 0})),
             QStringLiteral("torch.refuses"));
    QCOMPARE(joined(m_timeline->similarNames("torch.refused", {2, 0, 0})), QString()); // it raises
    QVERIFY(m_timeline->similarNames("torch.wars", {2, 0, 0}, 0).empty());
    QVERIFY(m_timeline->similarNames(std::string(100000, 'x'), {2, 0, 0}).empty());
}

void TestTimeline::bounds_data()
{
    QTest::addColumn<QString>("names");
    QTest::addColumn<QString>("range");
    QTest::addColumn<QString>("oldestBy");
    QTest::addColumn<QString>("newestBy");
    QTest::addColumn<bool>("isPossible");
    QTest::addRow("nothing decides") << "torch.nn numpy.bool"
                                     << "1.0 2.0"
                                     << ""
                                     << "" << true;
    QTest::addRow("no names") << ""
                              << "1.0 2.0"
                              << ""
                              << "" << true;
    QTest::addRow("new name") << "torch.late torch.nn"
                              << "1.10 2.0"
                              << "torch.late"
                              << "" << true;
    QTest::addRow("old name") << "torch.away torch.nn"
                              << "1.0 1.9"
                              << ""
                              << "torch.away" << true;
    QTest::addRow("a name that raises counts as gone") << "torch.refuses torch.late"
                                                       << "1.10 1.10"
                                                       << "torch.late"
                                                       << "torch.refuses" << true;
    QTest::addRow("contradiction") << "torch.late torch.away"
                                   << "1.10 1.9"
                                   << "torch.late"
                                   << "torch.away" << false;
    QTest::addRow("torchvision decides too") << "torchvision.Scale"
                                             << "1.0 1.10"
                                             << ""
                                             << "torchvision.Scale" << true;
}

void TestTimeline::bounds()
{
    QFETCH(QString, names);
    QFETCH(QString, range);
    QFETCH(QString, oldestBy);
    QFETCH(QString, newestBy);
    QFETCH(bool, isPossible);
    std::vector<std::string> used = {"torch.nothing"};
    for (const QString &name : names.split(QLatin1Char(' '), Qt::SkipEmptyParts)) {
        used.push_back(name.toStdString());
    }
    const SourceBounds found = m_timeline->sourceBounds(used);
    QCOMPARE(
        QString::fromStdString(found.oldest.toShortString() + ' ' + found.newest.toShortString()),
        range);
    QCOMPARE(joined(found.oldestDecidedBy), oldestBy);
    QCOMPARE(joined(found.newestDecidedBy), newestBy);
    QCOMPARE(joined(found.unknown), QStringLiteral("torch.nothing"));
    QCOMPARE(found.isPossible, isPossible);
}

void TestTimeline::missingFile_data()
{
    QTest::addColumn<QString>("file");
    QTest::addRow("torch") << "torch.tsv";
    QTest::addRow("torchvision") << "torchvision.tsv";
    QTest::addRow("python") << "python.json";
}

void TestTimeline::missingFile()
{
    QFETCH(QString, file);
    const SmallTimeline small;
    const std::string folder = small.path();
    QVERIFY(QFile::remove(QString::fromStdString(folder) + QLatin1Char('/') + file));
    const auto timeline = Timeline::load(folder);
    QVERIFY(!timeline);
    QVERIFY(timeline.error().code == Errc::NotFound);
}

void TestTimeline::releasesThatDiffer()
{
    SmallTimeline small;
    small.torchvision.replace("2.0.0", "2.1.0");
    const auto timeline = Timeline::load(small.path());
    QVERIFY(!timeline);
    QVERIFY(timeline.error().code == Errc::Damaged);
}

QTEST_GUILESS_MAIN(TestTimeline)
#include "tst_timeline.moc"
