#include <QTest>

#include <cmath>
#include <limits>

#include "validation/divergence.h"
#include "validation/printedtext.h"
#include "validation/verdict.h"

using namespace TorchLift;

namespace {

Run printed(const std::string &output)
{
    Run run;
    run.outcome = Outcome::Ok;
    run.output = output;
    return run;
}

Variable tensor(const std::string &dtype, std::vector<double> values)
{
    Variable variable;
    variable.type = "torch.Tensor";
    variable.dtype = dtype;
    variable.shape = {static_cast<long long>(values.size())};
    variable.isComparable = true;
    variable.values = std::move(values);
    return variable;
}

Run holding(Variable variable)
{
    Run run;
    run.outcome = Outcome::Ok;
    run.variables["x"] = std::move(variable);
    return run;
}

QString name(const Verdict &verdict)
{
    return QString::fromLatin1(verdictName(verdict.kind));
}

} // namespace

class TestVerdict : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void output_data();
    void output();
    void variables_data();
    void variables();
    void itemsOfTensors();
    void outcomes();
    void nothingToCompare();
    void textAloneIsCompared();
    void missingNamesAreToldOnly();
    void throwAwayNamesAreNotCompared();
    void measuredNoiseDecides();
    void theLargestNoiseCounts();
    void whatIsLostInNoiseIsLeftOut();
    void printedListsAreOfAKind();
    void wholeNumbersAreCounted();
    void wordsThatRoundingChanges();
    void whatVariesByItselfIsLeftOut();
    void timesAreNotCompared_data();
    void timesAreNotCompared();
    void distributions();
    void streamNeedsEvidence();
    void commonPrefixOfTimeouts();
    void drift_data();
    void drift();
    void differencesAreBounded();
    void largeTensorsByDigest();
    void namesRoundTrip();
};

void TestVerdict::output_data()
{
    QTest::addColumn<QByteArray>("oldOutput");
    QTest::addColumn<QByteArray>("newOutput");
    QTest::addColumn<QString>("verdict");
    QTest::addColumn<QString>("what");
    const auto row = [](const char *title, const char *oldOutput, const char *newOutput,
                        const char *verdict, const char *what = "") {
        QTest::addRow("%s", title) << QByteArray(oldOutput) << QByteArray(newOutput)
                                   << QString::fromLatin1(verdict) << QString::fromLatin1(what);
    };
    row("the same", "loss 0.5\n", "loss 0.5\n", "equal");
    row("spaces in a tensor's text", "tensor([ 1.,  2.])", "tensor([1., 2.])", "equal");
    row("addresses of objects", "<Net object at 0x7f0012345678>", "<Net object at 0x7fbeef000010>",
        "equal");
    row("last digits of a double", "0.12345678901", "0.12345678905", "numerical");
    row("rounding in the fourth place", "tensor([0.1234])", "tensor([0.1235])", "numerical");
    row("two units in the fourth place", "0.1234", "0.1236", "differs", "output");
    row("one unit in the third place", "0.123", "0.124", "differs", "output");
    row("another number", "3", "4", "differs", "output");
    row("another sign", "-1.5", "1.5", "differs", "output");
    row("another word", "conv1 ok", "conv2 ok", "differs", "output");
    row("nan is nan", "tensor(nan)", "tensor(nan)", "equal");
    row("nan is no number", "nan", "0.0", "differs", "output");
    row("infinity and a number", "inf", "1e308", "differs", "output");
    row("more lines", "a\nb\n", "a\n", "differs", "output");
    row("nothing more", "a\n", "", "differs", "output");
    row("a printed mask", "tensor([1, 0], dtype=torch.uint8)", "tensor([ True, False])", "differs",
        "dtype");
    row("a printed mask with other values", "tensor([1, 0], dtype=torch.uint8)",
        "tensor([True, True])", "differs", "output");
    row("a difference is no sign", "5-3", "5-3", "equal");
    row("Cyrillic", "потери 0.5", "потери 0.5", "equal");
}

void TestVerdict::output()
{
    QFETCH(QByteArray, oldOutput);
    QFETCH(QByteArray, newOutput);
    const Verdict verdict =
        compareRuns(printed(oldOutput.toStdString()), printed(newOutput.toStdString()), {});
    QTEST(name(verdict), "verdict");
    const std::string what = verdict.differences.empty() ? "" : verdict.differences[0].what;
    QTEST(QString::fromStdString(what), "what");
}

void TestVerdict::variables_data()
{
    using Values = std::vector<double>;
    QTest::addColumn<QString>("oldDtype");
    QTest::addColumn<Values>("oldValues");
    QTest::addColumn<QString>("newDtype");
    QTest::addColumn<Values>("newValues");
    QTest::addColumn<QString>("verdict");
    QTest::addColumn<QString>("what");
    const double nan = std::nan("");
    const double infinity = std::numeric_limits<double>::infinity();
    const auto row = [](const char *title, const char *oldDtype, Values oldValues,
                        const char *newDtype, Values newValues, const char *verdict,
                        const char *what = "") {
        QTest::addRow("%s", title)
            << QString::fromLatin1(oldDtype) << oldValues << QString::fromLatin1(newDtype)
            << newValues << QString::fromLatin1(verdict) << QString::fromLatin1(what);
    };
    row("the same", "float32", {1, 2}, "float32", {1, 2}, "equal");
    row("rounding", "float32", {1, 2}, "float32", {1.000001, 2}, "numerical");
    row("noise beside a large element", "float32", {1000, 1e-5}, "float32", {1000, 2e-5},
        "numerical");
    row("another value", "float32", {1, 2}, "float32", {1, 2.1}, "differs", "value");
    row("another size", "float32", {1, 2}, "float32", {1, 2, 3}, "differs", "shape");
    row("nan in the same place", "float32", {nan, 2}, "float32", {nan, 2}, "equal");
    row("nan in another place", "float32", {nan, 2}, "float32", {2, nan}, "differs", "value");
    row("infinities of two signs", "float32", {infinity}, "float32", {-infinity}, "differs",
        "value");
    row("a mask", "uint8", {1, 0}, "bool", {1, 0}, "equal", "dtype");
    row("a mask with other values", "uint8", {1, 0}, "bool", {1, 1}, "differs", "dtype");
    row("bytes that were no mask", "uint8", {255, 0}, "bool", {1, 0}, "differs", "dtype");
    row("a wider type", "float32", {1}, "float64", {1}, "differs", "dtype");
    row("half precision", "float16", {1}, "float16", {1.0005}, "numerical");
}

void TestVerdict::variables()
{
    QFETCH(QString, oldDtype);
    QFETCH(std::vector<double>, oldValues);
    QFETCH(QString, newDtype);
    QFETCH(std::vector<double>, newValues);
    const Verdict verdict = compareRuns(holding(tensor(oldDtype.toStdString(), oldValues)),
                                        holding(tensor(newDtype.toStdString(), newValues)), {});
    QTEST(name(verdict), "verdict");
    const std::string what = verdict.differences.empty() ? "" : verdict.differences[0].what;
    QTEST(QString::fromStdString(what), "what");
}

void TestVerdict::itemsOfTensors()
{
    Variable inTensor = tensor("float32", {0.5});
    inTensor.shape = {};
    Variable number;
    number.type = "float";
    number.isComparable = true;
    number.values = {0.5};
    Verdict verdict = compareRuns(holding(inTensor), holding(number), {});
    QCOMPARE(verdict.kind, VerdictKind::Equal);
    QCOMPARE(QString::fromStdString(verdict.differences.at(0).what), u"dtype"_qs);
    QCOMPARE(compareRuns(holding(number), holding(inTensor), {}).kind, VerdictKind::Differs);
    number.values = {0.75};
    QCOMPARE(compareRuns(holding(inTensor), holding(number), {}).kind, VerdictKind::Differs);

    Variable before;
    before.type = "list";
    before.text = "[t(),t(),]";
    before.isComparable = true;
    before.values = {0.5, 1};
    Variable after = before;
    after.text = "[,,]";
    verdict = compareRuns(holding(before), holding(after), {});
    QCOMPARE(verdict.kind, VerdictKind::Equal);
    QCOMPARE(verdict.differences.size(), std::size_t{1});
    after.text = "[,t(2,),]";
    QCOMPARE(compareRuns(holding(before), holding(after), {}).kind, VerdictKind::Differs);
}

void TestVerdict::outcomes()
{
    Run failed = printed("1");
    failed.outcome = Outcome::Exception;
    QCOMPARE(compareRuns(failed, printed("1"), {}).kind, VerdictKind::NoReference);
    QCOMPARE(compareRuns(failed, failed, {}).kind, VerdictKind::NoReference);
    const Verdict verdict = compareRuns(printed("1"), failed, {});
    QCOMPARE(verdict.kind, VerdictKind::NotCompared);
    QCOMPARE(QString::fromStdString(verdict.differences.at(0).newValue), u"exception"_qs);
    failed.outcome = Outcome::Exit; // os._exit(0) works for nobody
    QCOMPARE(compareRuns(printed("1"), failed, {}).kind, VerdictKind::NotCompared);
}

void TestVerdict::nothingToCompare()
{
    QCOMPARE(compareRuns(printed(""), printed(""), {}).kind, VerdictKind::NotCompared);
    Variable opaque;
    opaque.type = "torch.optim.SGD";
    QCOMPARE(compareRuns(holding(opaque), holding(opaque), {}).kind, VerdictKind::NotCompared);
}

void TestVerdict::textAloneIsCompared()
{
    const Verdict verdict = compareRuns(printed("OK"), printed("OK"), {});
    QCOMPARE(verdict.kind, VerdictKind::Equal);
    QCOMPARE(verdict.compared, std::size_t{1});
}

void TestVerdict::missingNamesAreToldOnly()
{
    Run oldRun = holding(tensor("float32", {1}));
    Run newRun = oldRun;
    oldRun.variables["gone"] = tensor("float32", {2});
    newRun.variables["fresh"] = tensor("float32", {3});
    const Verdict verdict = compareRuns(oldRun, newRun, {});
    QCOMPARE(verdict.kind, VerdictKind::Equal);
    QCOMPARE(verdict.differences.size(), std::size_t{1});
    QCOMPARE(QString::fromStdString(verdict.differences[0].what), u"missing"_qs);
    QCOMPARE(QString::fromStdString(verdict.differences[0].name), u"gone"_qs);
}

void TestVerdict::throwAwayNamesAreNotCompared()
{
    Run oldRun = holding(tensor("float32", {1}));
    Run newRun = oldRun;
    oldRun.variables["_"] = tensor("float32", {2});
    QVERIFY(compareRuns(oldRun, newRun, {}).differences.empty());
    newRun.variables["_"] = tensor("float32", {3});
    QCOMPARE(compareRuns(oldRun, newRun, {}).kind, VerdictKind::Equal);
}

void TestVerdict::measuredNoiseDecides()
{
    const Run oldRun = holding(tensor("float32", {1.0, 2.0}));
    const Run newRun = holding(tensor("float32", {1.001, 2.001}));
    QCOMPARE(name(compareRuns(oldRun, newRun, {})), u"differs"_qs);
    const Run noisy = holding(tensor("float32", {1.0, 2.0002})); // sixteen times that is enough
    const Verdict measured = compareRuns(oldRun, newRun, {}, {nullptr, {{&noisy}}});
    QCOMPARE(name(measured), u"numerical"_qs);
    QVERIFY(measured.isNoiseMeasured);
    const Run quiet = holding(tensor("float32", {1.0, 2.0000002}));
    QCOMPARE(name(compareRuns(oldRun, newRun, {}, {nullptr, {{&quiet}}})), u"differs"_qs);

    const Run oldText = printed("loss 0.1234\nloss 0.2345\n");
    const Run newText = printed("loss 0.1234\nloss 0.2400\n");
    QCOMPARE(name(compareRuns(oldText, newText, {})), u"differs"_qs);
    const Run movedText = printed("loss 0.1234\nloss 0.2350\n");
    QCOMPARE(name(compareRuns(oldText, newText, {}, {nullptr, {{&movedText}}})), u"numerical"_qs);
    // Noise that comes later excuses nothing before it.
    const Run early = printed("loss 0.1300\nloss 0.2345\n");
    QCOMPARE(name(compareRuns(oldText, early, {}, {nullptr, {{&movedText}}})), u"differs"_qs);
}

void TestVerdict::theLargestNoiseCounts()
{
    const Run oldRun = holding(tensor("float32", {1.0, 2.0}));
    const Run newRun = holding(tensor("float32", {1.001, 2.001}));
    const Run quiet = holding(tensor("float32", {1.0, 2.0000002}));
    const Run noisy = holding(tensor("float32", {1.0, 2.0002}));
    QCOMPARE(name(compareRuns(oldRun, newRun, {}, {nullptr, {{&quiet}, {&noisy}}})),
             u"numerical"_qs);
    QCOMPARE(name(compareRuns(oldRun, newRun, {}, {nullptr, {{&quiet}, {&quiet}}})), u"differs"_qs);
    // A number of elements that rounding changes is not compared, one that it leaves is.
    const Run shorter = holding(tensor("float32", {1.0}));
    QCOMPARE(name(compareRuns(oldRun, shorter, {}, {nullptr, {{&quiet}}})), u"differs"_qs);
    const Verdict verdict = compareRuns(oldRun, shorter, {}, {nullptr, {{&quiet}, {&shorter}}});
    QCOMPARE(verdict.leftOut, std::vector<std::string>{"x"});
    QCOMPARE(name(verdict), u"not compared"_qs);
}

void TestVerdict::whatIsLostInNoiseIsLeftOut()
{
    const Run oldRun = holding(tensor("float32", {1.0, 2.0}));
    const Run newRun = holding(tensor("float32", {-1.0, 0.5}));
    const Run chaotic = holding(tensor("float32", {1.5, 2.2}));
    const Verdict verdict = compareRuns(oldRun, newRun, {}, {nullptr, {{&chaotic}}});
    QCOMPARE(verdict.leftOut, std::vector<std::string>{"x"});
    QCOMPARE(name(verdict), u"not compared"_qs);

    const Run oldText = printed("step 1: 0.5\nstep 2: 0.25\n");
    const Run newText = printed("step 1: 0.5\nstep 2: 0.75\n");
    const Run movedText = printed("step 1: 0.5\nstep 2: 0.35\n");
    const Verdict text = compareRuns(oldText, newText, {}, {nullptr, {{&movedText}}});
    QCOMPARE(name(text), u"numerical"_qs);
    QCOMPARE(text.leftOut, std::vector<std::string>{""});
    // A real number that is lost may be anything, a whole one may not.
    const Run farText = printed("step 1: 0.5\nstep 2: 9.75\n");
    QCOMPARE(name(compareRuns(oldText, farText, {}, {nullptr, {{&movedText}}})), u"numerical"_qs);
    const Run oldCount = printed("good 2 of 40\n");
    const Run movedCount = printed("good 3 of 40\n");
    const Run newCount = printed("good 12 of 40\n");
    const Run farCount = printed("good 20 of 40\n");
    QCOMPARE(name(compareRuns(oldCount, newCount, {}, {nullptr, {{&movedCount}}})),
             u"numerical"_qs);
    QCOMPARE(name(compareRuns(oldCount, farCount, {}, {nullptr, {{&movedCount}}})), u"differs"_qs);
}

void TestVerdict::printedListsAreOfAKind()
{
    const Run oldRun = printed("modes [8, 2, 6, 1] of 40\n");
    const Run moved = printed("modes [8, 3, 6, 1] of 40\n");
    const auto judged = [&](const char *text) {
        const Run newRun = printed(text);
        return name(compareRuns(oldRun, newRun, {}, {nullptr, {{&moved}}}));
    };
    QCOMPARE(judged("modes [8, 2, 8, 1] of 40\n"), u"numerical"_qs);
    QCOMPARE(judged("modes [8, 2, 6, 1] of 43\n"), u"differs"_qs);
    // One of four turned into another: four may be, by anything, when results were moved.
    const auto counted = [&](const char *text, double factor) {
        const Run newRun = printed(text);
        return name(compareRuns(oldRun, newRun, {}, {nullptr, {{&moved, factor}}}));
    };
    QCOMPARE(counted("modes [90, 2, 77, 1] of 40\n", 2), u"numerical"_qs);
    QCOMPARE(counted("modes [90, 2, 77, 1] of 40\n", 1), u"differs"_qs);
    QCOMPARE(counted("modes [90, 2, 77, 1] of 44\n", 2), u"differs"_qs);
}

void TestVerdict::wholeNumbersAreCounted()
{
    std::vector<double> classes(100, 3);
    const Run oldRun = holding(tensor("int64", classes));
    const auto withOthers = [&](std::size_t count) {
        std::vector<double> changed = classes;
        std::fill_n(changed.begin(), count, 1.0);
        return holding(tensor("int64", changed));
    };
    const Run moved = withOthers(1);
    const auto judged = [&](const Run &newRun) {
        return name(compareRuns(oldRun, newRun, {}, {nullptr, {{&moved, kResultsNoiseFactor}}}));
    };
    QCOMPARE(judged(withOthers(4)), u"numerical"_qs);
    QCOMPARE(judged(withOthers(5)), u"differs"_qs);
}

void TestVerdict::wordsThatRoundingChanges()
{
    const Run oldRun = printed("loss 0.1234\nbetter True\nend 0.5\n");
    const Run newRun = printed("loss 0.1234\nbetter False\nend 0.5\n");
    const Run turned = printed("loss 0.1235\nbetter False\nend 0.5\n");
    const Run kept = printed("loss 0.1235\nbetter True\nend 0.5\n");
    QCOMPARE(name(compareRuns(oldRun, newRun, {}, {nullptr, {{&kept}}})), u"differs"_qs);
    const Verdict verdict = compareRuns(oldRun, newRun, {}, {nullptr, {{&kept}, {&turned}}});
    QCOMPARE(name(verdict), u"equal"_qs);
    QCOMPARE(verdict.leftOut, std::vector<std::string>{""});
    // Noise is measured on other lines, too, when one of them is not alike.
    const Run longer = printed("loss 0.1234\nbetter by 3 True\nend 0.501\n");
    const Run end = printed("loss 0.1234\nbetter True\nend 0.51\n");
    QCOMPARE(name(compareRuns(oldRun, end, {}, {nullptr, {{&longer}}})), u"numerical"_qs);
}

void TestVerdict::whatVariesByItselfIsLeftOut()
{
    const Run oldRun = holding(tensor("float32", {1e30, 2.0}));
    const Run newRun = holding(tensor("float32", {7.0, 2.0}));
    const Run repeated = holding(tensor("float32", {-5.0, 2.0}));
    const Verdict verdict = compareRuns(oldRun, newRun, {}, {&repeated});
    QCOMPARE(name(verdict), u"equal"_qs);
    QCOMPARE(verdict.leftOut, std::vector<std::string>{"x"});
    const Run other = holding(tensor("float32", {7.0, 3.0}));
    QCOMPARE(name(compareRuns(oldRun, other, {}, {&repeated})), u"differs"_qs);
}

void TestVerdict::timesAreNotCompared_data()
{
    QTest::addColumn<QByteArray>("oldText");
    QTest::addColumn<QByteArray>("newText");
    QTest::addColumn<QString>("verdict");
    const auto add = [](const char *title, const char *oldText, const char *newText,
                        const char *verdict) {
        QTest::addRow("%s", title)
            << QByteArray(oldText) << QByteArray(newText) << QString::fromLatin1(verdict);
    };
    add("milliseconds", "took 12.5ms\n", "took 0.3ms\n", "equal");
    add("seconds apart from the number", "3 s per step\n", "41 s per step\n", "equal");
    add("other units are numbers", "12 px\n", "13 px\n", "differs");
    add("a time and none", "5ms\n", "5\n", "differs");
    const char *oldTable =
        "a\n-----  -------\nName   CPU time\n-----  -------\nmm     1.5us\n\nb 1\n";
    const char *newTable =
        "a\n----  -----  \n Name  Self CPU  \n----  -----  \n  aten::mm  9.000us  \n"
        "  aten::t  2.000ms  \n----  -----  \nSelf CPU time total: 2.009ms\n\nb 1\n";
    add("tables of the profiler", oldTable, newTable, "equal");
    add("what follows them counts", oldTable,
        QByteArray(newTable).replace("b 1", "b 2").constData(), "differs");
    add("a table and none", oldTable, "a\nb 1\n", "differs");
}

void TestVerdict::timesAreNotCompared()
{
    QFETCH(QByteArray, oldText);
    QFETCH(QByteArray, newText);
    QFETCH(QString, verdict);
    QCOMPARE(name(compareRuns(printed(oldText.toStdString()), printed(newText.toStdString()), {})),
             verdict);
}

void TestVerdict::distributions()
{
    std::vector<double> uniform;
    std::vector<double> moved;
    for (int i = 0; i < 1000; ++i) {
        uniform.push_back(i / 1000.0);
        moved.push_back(i / 1000.0 + 0.5); // half of them above the last bin's bound
    }
    const auto same = distributionShift(uniform, uniform);
    QVERIFY(same);
    QCOMPARE(same->bins, kDistributionBins);
    QVERIFY(same->psi < 1e-9 && std::abs(same->kl) < 1e-9);
    QCOMPARE(shiftName(same->psi), "none");
    // Worked out by hand: five bins lose all (0.1 to 1e-4), the last gets 0.6, four keep theirs.
    const auto shift = distributionShift(uniform, moved);
    QVERIFY(shift);
    const double psi = 5 * (0.1 - 1e-4) * std::log(0.1 / 1e-4) + (0.1 - 0.6) * std::log(0.1 / 0.6);
    const double kl = 5 * 0.1 * std::log(0.1 / 1e-4) + 0.1 * std::log(0.1 / 0.6);
    QVERIFY2(std::abs(shift->psi - psi) < 1e-6, qPrintable(QString::number(shift->psi)));
    QVERIFY2(std::abs(shift->kl - kl) < 1e-6, qPrintable(QString::number(shift->kl)));
    QCOMPARE(shiftName(shift->psi), "major");
    QVERIFY(!distributionShift({1, 2, 3}, {1, 2, 3}));
    QVERIFY(!distributionShift(std::vector<double>(1000, 2), uniform));
    moved[3] = std::numeric_limits<double>::quiet_NaN();
    QVERIFY(!distributionShift(uniform, moved));
}

void TestVerdict::streamNeedsEvidence()
{
    Run oldRun = holding(tensor("float32", {1.0}));
    Run newRun = holding(tensor("float32", {2.0}));
    oldRun.randomState = "a";
    newRun.randomState = "a";
    Verdict verdict = compareRuns(oldRun, newRun, {});
    QVERIFY(!wantsTrace(verdict, oldRun, newRun)); // as many numbers were drawn
    newRun.randomState = "b";
    QVERIFY(wantsTrace(verdict, oldRun, newRun));
    Verdict kept = verdict;
    settleStream(kept, Divergence{"value", 1, 1, 0, "x", "1", "2"});
    QCOMPARE(name(kept), u"differs"_qs);
    settleStream(verdict, Divergence{"random stream", 1, 1, 0, "x", "1", "2"});
    QCOMPARE(name(verdict), u"random stream"_qs);
    newRun.variables["x"].shape = {1, 1};
    Verdict shaped = compareRuns(oldRun, newRun, {});
    settleStream(shaped, Divergence{"random stream", 1, 1, 0, "x", "1", "2"});
    QCOMPARE(name(shaped), u"differs"_qs); // no draw changes a shape
}

void TestVerdict::commonPrefixOfTimeouts()
{
    Run oldRun = printed("step 1 0.5\nstep 2 0.25\nstep 3 0.1");
    Run newRun = printed("step 1 0.5\nstep 2 0.25\n");
    newRun.outcome = Outcome::Timeout;
    Verdict verdict = compareRuns(oldRun, newRun, {});
    QCOMPARE(verdict.kind, VerdictKind::NotCompared); // not shown to be equal
    QCOMPARE(verdict.compared, std::size_t{4});
    newRun.output = "step 1 0.5\nstep 2 0.75\n";
    verdict = compareRuns(oldRun, newRun, {});
    QCOMPARE(verdict.kind, VerdictKind::Differs);
    QCOMPARE(QString::fromStdString(verdict.differences.at(0).newValue), u"step 2 0.75"_qs);
    newRun.output = "step 1 0.5\nstep 2 0.2"; // cut within a number
    QCOMPARE(compareRuns(oldRun, newRun, {}).kind, VerdictKind::NotCompared);
}

void TestVerdict::drift_data()
{
    using Values = std::vector<double>;
    QTest::addColumn<QString>("dtype");
    QTest::addColumn<Values>("oldValues");
    QTest::addColumn<Values>("newValues");
    QTest::addColumn<QString>("verdict");
    Values base;
    Values noise; // alternating, without direction
    for (int i = 0; i < 200; ++i) {
        base.push_back(std::sin(i * 0.7 + 0.3));
        noise.push_back(std::cos(i * 2.1) * std::cos(i * 5.3));
    }
    const auto row = [&](const char *title, const char *dtype, const auto &change,
                         const char *verdict, std::size_t count = 200) {
        Values changed = base;
        for (std::size_t i = 0; i < changed.size(); ++i) {
            changed[i] = change(i, base[i]);
        }
        const auto length = static_cast<Values::difference_type>(count);
        QTest::addRow("%s", title)
            << QString::fromLatin1(dtype) << Values(base.begin(), base.begin() + length)
            << Values(changed.begin(), changed.begin() + length) << QString::fromLatin1(verdict);
    };
    const auto drifted = [&](double size) {
        return [&noise, size](std::size_t i, double value) { return value + size * noise[i]; };
    };
    row("noise of training", "float32", drifted(1e-3), "numerical");
    row("noise of training in a module", "", drifted(1e-3), "numerical");
    row("too much noise", "float32", drifted(1e-2), "differs");
    row("noise in too few numbers", "float32", drifted(1e-3), "differs", 20);
    row(
        "one changed element", "float32",
        [](std::size_t i, double value) { return i == 17 ? value + 0.005 : value; }, "differs");
    row(
        "one changed element among noise", "float32",
        [&](std::size_t i, double value) {
            return value + 1e-5 * noise[i] + (i == 17 ? 0.005 : 0);
        },
        "differs");
    row(
        "a changed slice", "float32",
        [&](std::size_t i, double value) { return i < 50 ? value + 1e-3 * noise[i] : value; },
        "differs");
    row(
        "a common factor (weight decay)", "float32",
        [](std::size_t, double value) { return value * 1.001; }, "differs");
    row(
        "a common offset (epsilon)", "float32",
        [](std::size_t, double value) { return value + 1e-3; }, "differs");
    row("integers", "int64", drifted(1e-3), "differs");
}

void TestVerdict::drift()
{
    QFETCH(QString, dtype);
    QFETCH(std::vector<double>, oldValues);
    QFETCH(std::vector<double>, newValues);
    const Verdict verdict = compareRuns(holding(tensor(dtype.toStdString(), oldValues)),
                                        holding(tensor(dtype.toStdString(), newValues)), {});
    QTEST(name(verdict), "verdict");
    QCOMPARE(verdict.differences.empty(), verdict.kind == VerdictKind::Numerical);
}

void TestVerdict::differencesAreBounded()
{
    Run oldRun = printed("");
    Run newRun = printed("");
    for (int i = 0; i < 500; ++i) {
        oldRun.variables[std::to_string(i)] = tensor("float32", {1});
        newRun.variables[std::to_string(i)] = tensor("float32", {2});
    }
    const Verdict verdict = compareRuns(oldRun, newRun, {});
    QCOMPARE(verdict.kind, VerdictKind::Differs);
    QCOMPARE(verdict.differences.size(), std::size_t{100});
}

void TestVerdict::largeTensorsByDigest()
{
    Variable large;
    large.dtype = "float32";
    large.shape = {1000, 1000};
    large.digest = "a";
    large.statistics = {0, 1, -4, 4};
    Variable other = large;
    QCOMPARE(compareRuns(holding(large), holding(other), {}).kind, VerdictKind::Equal);
    other.digest = "b";
    QCOMPARE(compareRuns(holding(large), holding(other), {}).kind, VerdictKind::Numerical);
    other.statistics[1] = 2;
    QCOMPARE(compareRuns(holding(large), holding(other), {}).kind, VerdictKind::Differs);
}

void TestVerdict::namesRoundTrip()
{
    for (const char *text :
         {"equal", "numerical", "differs", "no reference", "not compared", "random stream"}) {
        const auto kind = verdictFromName(text);
        QVERIFY(kind);
        QCOMPARE(verdictName(*kind), text);
    }
    QVERIFY(!verdictFromName("Equal"));
    for (const char *text : {"ok", "exception", "exit", "signal", "timeout", "memory",
                             "output-limit", "incomplete", "sandbox-refused", "cancelled"}) {
        const auto outcome = outcomeFromName(text);
        QVERIFY(outcome);
        QCOMPARE(outcomeName(*outcome), text);
    }
    QVERIFY(!outcomeFromName(""));
}

QTEST_GUILESS_MAIN(TestVerdict)
#include "tst_verdict.moc"
