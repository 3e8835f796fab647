#include <QDir>
#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

#include <algorithm>
#include <chrono>

#include "timeline/timeline.h"

using namespace TorchLift;

namespace {

const std::string kFolder = TORCHLIFT_SOURCE_DIR "/resources/timeline";
constexpr Version kSource{1, 0, 0};
constexpr Version kTarget{2, 7, 0};

QString summary(const SymbolLife &life)
{
    QString text = QString::fromStdString(life.born.toShortString()) + QLatin1Char('-');
    if (life.gone) {
        text += QString::fromStdString(life.gone->toShortString());
    }
    if (life.deprecated) {
        text += QStringLiteral(" deprecated ")
                + QString::fromStdString(life.deprecated->since.toShortString());
    }
    if (life.raises) {
        text +=
            QStringLiteral(" raises ") + QString::fromStdString(life.raises->since.toShortString());
    }
    return text;
}

} // namespace

/// Facts known from elsewhere, looked up in the shipped timeline.
class TestTimelineData : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void releases();
    void lives_data();
    void lives();
    void signatures_data();
    void signatures();
    void breaks_data();
    void breaks();
    void documentedNamesThatWent();
    void namesForOldCode();
    void boundsOfRealCode();
    void similar();
    void loadingTime();

private:
    std::shared_ptr<const Timeline> m_timeline;
};

void TestTimelineData::initTestCase()
{
    auto timeline = Timeline::load(kFolder);
    QVERIFY2(timeline, timeline ? "" : timeline.error().detail.c_str());
    m_timeline = *timeline;
}

void TestTimelineData::releases()
{
    QCOMPARE(m_timeline->releases().size(), std::size_t(25)); // 1.0 to 1.13, 2.0 to 2.10
    QVERIFY(m_timeline->releases().front() == kSource);
    QVERIFY(m_timeline->releases().back() == (Version{2, 10, 0}));
    QVERIFY(m_timeline->torchvisionFor(kSource) == (Version{0, 2, 2}));
    QVERIFY(m_timeline->torchvisionFor(kTarget) == (Version{0, 22, 0}));
}

void TestTimelineData::lives_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("expected");
    QTest::addRow("gesv") << "torch.gesv"
                          << "1.0-1.2 deprecated 1.1";
    QTest::addRow("its method") << "torch.Tensor.gesv"
                                << "1.0-1.2 deprecated 1.1";
    QTest::addRow("potrf") << "torch.potrf"
                           << "1.0-1.2 deprecated 1.0";
    QTest::addRow("solve came, warned, refuses") << "torch.solve"
                                                 << "1.1- raises 1.12";
    QTest::addRow("symeig") << "torch.symeig"
                            << "1.0- raises 2.0";
    QTest::addRow("symeig as a method") << "torch.Tensor.symeig"
                                        << "1.0- raises 2.0";
    QTest::addRow("matrix_rank") << "torch.matrix_rank"
                                 << "1.0- raises 1.13";
    QTest::addRow("rfft") << "torch.rfft"
                          << "1.0-1.8 deprecated 1.7";
    QTest::addRow("_six") << "torch._six"
                          << "1.0-2.0";
    QTest::addRow("of _six") << "torch._six.string_classes"
                             << "1.0-2.0";
    QTest::addRow("ffi refuses to be imported") << "torch.utils.ffi"
                                                << "1.0-1.12 raises 1.0";
    QTest::addRow("bool") << "torch.bool"
                          << "1.1-";
    QTest::addRow("compile") << "torch.compile"
                             << "2.0-";
    QTest::addRow("inherited from Module") << "torch.nn.Linear.cuda"
                                           << "1.0-";
    QTest::addRow("member of a type copy") << "torch.FloatTensor.gesv"
                                           << "1.0-1.2 deprecated 1.1";
    QTest::addRow("through a metaclass") << "torch.distributed.group.WORLD"
                                         << "1.0-";
    QTest::addRow("legacy Function called") << "torch.autograd.Function.__call__"
                                            << "1.0- raises 1.5";
    QTest::addRow("Scale") << "torchvision.transforms.Scale"
                           << "1.0-1.11 deprecated 1.0";
    QTest::addRow("np.float") << "numpy.float"
                              << "0.0-1.24 deprecated 1.20";
    QTest::addRow("collections.Mapping") << "collections.Mapping"
                                         << "0.0-3.10 deprecated 3.3";
}

void TestTimelineData::lives()
{
    QFETCH(QString, name);
    QFETCH(QString, expected);
    const auto life = m_timeline->lookup(name.toStdString());
    QVERIFY(life);
    QCOMPARE(summary(*life), expected);
}

void TestTimelineData::signatures_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("before");
    QTest::addColumn<QString>("after");
    QTest::addRow("docstring's B is no keyword") << "torch.gesv"
                                                 << "(input, A)"
                                                 << "(b, A, out=None)";
    QTest::addRow("only added")
        << "torch.nn.Linear"
        << "(in_features, out_features, bias=True)"
        << "(in_features, out_features, bias=True, device=None, dtype=None)";
    QTest::addRow("through another name")
        << "torch.functional.stft"
        << "(input, n_fft, hop_length=None, win_length=None, "
           "window=None, center=True, pad_mode='reflect', "
           "normalized=False, onesided=True)"
        << "(input, n_fft, hop_length=None, win_length=None, "
           "window=None, center=True, pad_mode='reflect', "
           "normalized=False, onesided=None, return_complex=None, "
           "align_to_window=None)";
}

void TestTimelineData::signatures()
{
    QFETCH(QString, name);
    QFETCH(QString, before);
    QFETCH(QString, after);
    const auto life = m_timeline->lookup(name.toStdString());
    QVERIFY(life && !life->signatures.empty());
    QCOMPARE(QString::fromStdString(life->signatures.front().parameters), before);
    QCOMPARE(QString::fromStdString(life->signatures.back().parameters), after);
}

void TestTimelineData::breaks_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("expected");
    QTest::addRow("fft became a module") << "torch.fft"
                                         << "kind-changed 1.8";
    QTest::addRow("gone") << "torch.btrifact"
                          << "gone 1.2";
    QTest::addRow("refuses") << "torch.eig"
                             << "raises 1.13";
    QTest::addRow("only grew") << "torch.nn.Linear"
                               << "signature-changed 1.9";
    QTest::addRow("unharmed") << "torch.Tensor.is_cuda"
                              << "";
}

void TestTimelineData::breaks()
{
    QFETCH(QString, name);
    QFETCH(QString, expected);
    const auto breaks = m_timeline->breaksBetween(name.toStdString(), kSource, kTarget);
    QString found;
    if (!breaks.empty()) { // worst first
        found = QString::fromLatin1(breakKindName(breaks.front().kind)) + QLatin1Char(' ')
                + QString::fromStdString(breaks.front().since.toShortString());
    }
    QCOMPARE(found, expected);
}

void TestTimelineData::documentedNamesThatWent()
{
    QFile file(QStringLiteral(TORCHLIFT_SOURCE_DIR "/../shared/api/surface.json"));
    if (!file.open(QIODevice::ReadOnly)) {
        QSKIP("../shared/api/surface.json is not there");
    }
    const QJsonObject surface = QJsonDocument::fromJson(file.readAll()).object();
    const QJsonObject gone = surface.value(QLatin1String("documented_gone")).toObject();
    QVERIFY(gone.size() > 50);
    // Things of Python's that these modules merely import.
    const QStringList notOfTorch = {QStringLiteral("torch.autograd.profiler.FileNotFoundError"),
                                    QStringLiteral("torch.tensor.imap"),
                                    QStringLiteral("torch.utils.data.dataloader.int_classes")};
    QStringList missed;
    for (const QString &name : gone.keys()) {
        const auto breaks = m_timeline->breaksBetween(name.toStdString(), kSource, kTarget);
        if (notOfTorch.contains(name)) {
            continue;
        }
        if (breaks.empty() || breaks.front().kind != BreakKind::Gone) {
            missed << name;
        }
    }
    QCOMPARE(missed.join(QLatin1Char(' ')), QString());
}

void TestTimelineData::namesForOldCode()
{
    // What no edit for the target may ever insert, and what it may.
    for (const char *name : {"torch.gesv", "torch.nn.Liner", "torch.linalg.cholesky_solve"}) {
        QVERIFY2(!m_timeline->exists(name, kTarget), name);
        QVERIFY2(m_timeline->covers(name), name);
    }
    for (const char *name :
         {"torch.linalg.solve", "torch.linalg.eigh", "torch.cholesky_solve", "torch.fft.rfft",
          "torch.nn.functional.interpolate", "torch.nn.utils.clip_grad_norm_", "torch.Tensor.item",
          "torch.utils.data.default_collate", "torch.no_grad"}) {
        QVERIFY2(m_timeline->exists(name, kTarget), name);
    }
}

void TestTimelineData::boundsOfRealCode()
{
    const std::vector<std::string> used = {"torch.nn.Linear", "torch.gesv", "torch._six",
                                           "torch.autograd.Variable", "numpy.float"};
    const SourceBounds bounds = m_timeline->sourceBounds(used);
    QVERIFY(bounds.isPossible);
    QVERIFY(bounds.oldest == kSource);
    QVERIFY(bounds.newest == (Version{1, 1, 0}));
    QCOMPARE(bounds.newestDecidedBy, std::vector<std::string>{"torch.gesv"});
    QVERIFY(bounds.oldestDecidedBy.empty());

    const std::vector<std::string> modern = {"torch.compile", "torch.linalg.solve"};
    const SourceBounds modernBounds = m_timeline->sourceBounds(modern);
    QVERIFY(modernBounds.oldest == (Version{2, 0, 0}));
    QVERIFY(modernBounds.newest == (Version{2, 10, 0}));
    QCOMPARE(modernBounds.oldestDecidedBy, std::vector<std::string>{"torch.compile"});
}

void TestTimelineData::similar()
{
    const auto contains = [](const std::vector<std::string> &names, const char *name) {
        return std::find(names.begin(), names.end(), name) != names.end();
    };
    QCOMPARE(m_timeline->similarNames("torch.solve", kTarget).at(0),
             std::string("torch.linalg.solve"));
    QVERIFY(contains(m_timeline->similarNames("torch.nn.Liner", kTarget), "torch.nn.Linear"));
    QVERIFY(contains(m_timeline->similarNames("torch.nn.linear", kTarget), "torch.nn.Linear"));
}

void TestTimelineData::loadingTime()
{
    std::chrono::nanoseconds best = std::chrono::hours(1);
    for (int i = 0; i < 7; ++i) {
        const auto start = std::chrono::steady_clock::now();
        QVERIFY(Timeline::load(kFolder));
        best = std::min<std::chrono::nanoseconds>(best, std::chrono::steady_clock::now() - start);
    }
    qInfo("loaded in %.1f ms", double(best.count()) / 1e6);
    // The goal is 30 ms; sanitizers and busy machines get room.
    QVERIFY(best < std::chrono::milliseconds(300));
}

QTEST_GUILESS_MAIN(TestTimelineData)
#include "tst_timelinedata.moc"
