#include <QTest>

#include <algorithm>

#include "divergencecases.h"
#include "settings/paths.h"
#include "validation/divergence.h"
#include "validation/runner.h"

using namespace TorchLift;

namespace {

constexpr const char *kHeader = "import warnings\n"
                                "import numpy as np\n"
                                "import torch\n"
                                "import torch.nn as nn\n"
                                "import torch.nn.functional as F\n";
constexpr int kHeaderLines = 5;

std::string scriptOf(std::vector<Section> &sections, bool isNew)
{
    std::string script = kHeader;
    int line = kHeaderLines + 1;
    for (Section &section : sections) {
        script += "torch.manual_seed(1)\n";
        section.begin = ++line;
        for (std::size_t i = 0; i < section.lines.size(); ++i) {
            const bool isEdited = isNew && static_cast<int>(i) + 1 == section.edited;
            script += (isEdited ? section.newLine : section.lines[i]) + "\n";
            ++line;
        }
    }
    return script;
}

} // namespace

class TestDivergence : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void enoughCases();
    void sections_data();
    void sections();
    void linesMoveWithEdits();
    void whatVariesByItselfIsLeftOut();

private:
    std::vector<Section> m_sections;
    Run m_oldRun;
    Run m_newRun;
    Run m_moved;
    Run m_repeated;
};

// All sections run in one script in each version: each is judged by its own lines. As a validation
// does, the old script runs twice more for what varies by itself and for numerical noise.
void TestDivergence::initTestCase()
{
    m_sections = divergingSections();
    for (Section &section : equalSections()) {
        m_sections.push_back(std::move(section));
    }
    const Paths paths = Paths::standard();
    const auto source = findEnvironment(paths.environments(), Version{1, 0, 0});
    const auto target = findEnvironment(paths.environments(), Version{2, 7, 0});
    if (!source || !target || !Runner::sandboxAvailable()) {
        return; // the rows that need them are skipped
    }
    Runner runner(paths.worker());
    const auto run = [&](const Environment &environment, RunRequest request, Run &result) {
        request.trace = true;
        request.limits.wallSeconds = 300; // tracing on a busy machine
        auto made = runner.run(environment, request, {});
        QVERIFY2(made, made ? "" : made.error().detail.c_str());
        QVERIFY2(made->works(), (made->errorOutput + outcomeName(made->outcome)).c_str());
        result = std::move(*made);
    };
    RunRequest request;
    request.code = scriptOf(m_sections, true);
    run(*target, request, m_newRun);
    request.code = scriptOf(m_sections, false);
    run(*source, request, m_oldRun);
    request.movesParameters = true;
    run(*source, request, m_moved);
    request.movesParameters = false;
    request.memoryFill = 0x5A;
    run(*source, request, m_repeated);
}

void TestDivergence::enoughCases()
{
    QVERIFY(divergingSections().size() >= 30);
    QVERIFY(equalSections().size() >= 100);
}

void TestDivergence::sections_data()
{
    QTest::addColumn<int>("index");
    for (std::size_t i = 0; i < m_sections.size(); ++i) {
        QTest::addRow("%s", m_sections[i].title) << static_cast<int>(i);
    }
}

void TestDivergence::sections()
{
    if (!m_newRun.works() || !m_repeated.works()) {
        QSKIP("two environments and a sandbox are needed");
    }
    QFETCH(int, index);
    const Section &section = m_sections[static_cast<std::size_t>(index)];
    std::vector<std::pair<int, int>> lines;
    for (int i = 0; i < static_cast<int>(section.lines.size()); ++i) {
        lines.emplace_back(section.begin + i, section.begin + i);
    }
    const auto observed =
        std::count_if(m_oldRun.trace.begin(), m_oldRun.trace.end(), [&](const TraceEvent &event) {
            return event.line >= section.begin && event.line <= lines.back().first;
        });
    QVERIFY(observed > 0);
    auto found = firstDivergence(m_oldRun, m_newRun, lines);
    if (found && (found->what == "value" || found->what == "random stream")) {
        found = firstDivergence(m_oldRun, m_newRun, lines, kTraceTolerance,
                                {&m_repeated, {{&m_moved}}});
    }
    const std::string told = found ? found->what + " of " + found->name + " at "
                                         + std::to_string(found->oldLine - section.begin + 1) + ": "
                                         + found->oldValue + ", " + found->newValue
                                   : "none";
    QVERIFY2(found.has_value() == (section.divergesAt > 0), told.c_str());
    if (found) {
        QVERIFY2(found->oldLine - section.begin + 1 == section.divergesAt, told.c_str());
        QVERIFY2(found->what == section.what, told.c_str());
        QVERIFY2(found->name == section.name, told.c_str());
    }
}

namespace {

TraceEvent assigned(int line, double value, int visit = 0)
{
    Variable variable;
    variable.type = "float";
    variable.isComparable = true;
    variable.values = {value};
    variable.digest = std::to_string(value);
    return {line, visit, "x", variable, {}, {}};
}

Run traced(std::vector<TraceEvent> events)
{
    Run run;
    run.outcome = Outcome::Ok;
    run.trace = std::move(events);
    return run;
}

} // namespace

void TestDivergence::linesMoveWithEdits()
{
    const Run oldRun = traced({assigned(1, 1), assigned(2, 2), assigned(4, 3)});
    const Run newRun = traced({assigned(1, 1), assigned(9, 7), assigned(5, 4)});
    const auto found = firstDivergence(oldRun, newRun, {{1, 1}, {4, 5}});
    QVERIFY(found);
    QCOMPARE(found->oldLine, 4);
    QCOMPARE(found->newLine, 5);
    QCOMPARE(found->oldValue, std::string("3"));
    QCOMPARE(found->newValue, std::string("4"));
    QVERIFY(!firstDivergence(oldRun, newRun, {{1, 1}}));
}

void TestDivergence::whatVariesByItselfIsLeftOut()
{
    const Run oldRun = traced({assigned(1, 1), assigned(2, 2)});
    const Run again = traced({assigned(1, 5), assigned(2, 2)});
    const Run newRun = traced({assigned(1, 9), assigned(2, 3)});
    const std::vector<std::pair<int, int>> lines{{1, 1}, {2, 2}};
    QCOMPARE(firstDivergence(oldRun, newRun, lines)->oldLine, 1);
    QCOMPARE(firstDivergence(oldRun, newRun, lines, kTraceTolerance, {&again})->oldLine, 2);
}

QTEST_GUILESS_MAIN(TestDivergence)
#include "tst_divergence.moc"
