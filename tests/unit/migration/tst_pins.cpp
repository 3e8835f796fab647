#include <algorithm>

#include <QTest>

#include "corpus/change.h"
#include "migration/pins.h"
#include "timeline/timeline.h"

using namespace TorchLift;

namespace {

const Version kTarget{2, 7, 0};

Migration migrated(const PinKnowledge &knowledge, PinFile kind, std::string_view text,
                   const MigrationOptions &options = {})
{
    Migration migration;
    migration.oldCode = text;
    migration.newCode = text;
    addPins(migration, findPins(text, kind, knowledge, options.to), options);
    return migration;
}

} // namespace

/// Version pins in project files: what keeps the target out is rewritten, the rest keeps its bytes.
class TestPins : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void ranges_data();
    void ranges();
    void rangesThatAreNone_data();
    void rangesThatAreNone();
    void fileNames_data();
    void fileNames();
    void files_data();
    void files();
    void residuesSayWhatToDo_data();
    void residuesSayWhatToDo();
    void acceptance();
    void migratingAgainChangesNothing_data() { files_data(); }
    void migratingAgainChangesNothing();
    void anyBytes_data();
    void anyBytes();
    void releasesAgreeWithTheTimeline();
    void otherTargets();
    void citedChangesExist();

private:
    std::shared_ptr<const PinKnowledge> m_knowledge;
};

void TestPins::initTestCase()
{
    auto knowledge = PinKnowledge::load(TORCHLIFT_SOURCE_DIR "/resources/project");
    QVERIFY2(knowledge.has_value(), knowledge ? "" : knowledge.error().detail.c_str());
    m_knowledge = std::move(*knowledge);
}

void TestPins::ranges_data()
{
    QTest::addColumn<QString>("range");
    QTest::addColumn<int>("syntax");
    QTest::addColumn<QString>("version");
    QTest::addColumn<bool>("isAllowed");
    const auto row = [](const char *range, RangeSyntax syntax, const char *version, bool is) {
        QTest::addRow("%s, %s, %d", range, version, int(syntax))
            << QString(range) << int(syntax) << QString(version) << is;
    };
    row("==1.0", RangeSyntax::Pip, "1.0.0", true);
    row("==1.0.*", RangeSyntax::Pip, "1.0.3", true);
    row("==1.1.*", RangeSyntax::Pip, "1.10", false);
    row(">=1.0,<2", RangeSyntax::Pip, "2.0", false);
    row(">=1.0, <2", RangeSyntax::Pip, "1.13", true);
    row("~=1.0", RangeSyntax::Pip, "1.13", true);
    row("~=1.0.1", RangeSyntax::Pip, "1.1", false);
    row("!=2.7.0", RangeSyntax::Pip, "2.7.0", false);
    row(">1.0", RangeSyntax::Pip, "1.0", false);
    row("<=1.10", RangeSyntax::Pip, "1.9", true);
    row("=1.0", RangeSyntax::Conda, "1.0.1", true);
    row("=1.1", RangeSyntax::Conda, "1.10", false);
    row("1.0.*", RangeSyntax::Conda, "1.0.1", true);
    row("^1.2", RangeSyntax::Poetry, "1.13", true);
    row("^1.2", RangeSyntax::Poetry, "2.0", false);
    row("^0.2", RangeSyntax::Poetry, "0.3", false);
    row("~1.2", RangeSyntax::Poetry, "1.3", false);
    row("", RangeSyntax::Pip, "9", true);
    row("*", RangeSyntax::Poetry, "9", true);
}

void TestPins::ranges()
{
    QFETCH(QString, range);
    QFETCH(int, syntax);
    QFETCH(QString, version);
    const auto clauses = parseRange(range.toStdString(), static_cast<RangeSyntax>(syntax));
    QVERIFY(clauses.has_value());
    QTEST(allows(*clauses, *ReleaseNumber::parse(version.toStdString())), "isAllowed");
}

void TestPins::rangesThatAreNone_data()
{
    QTest::addColumn<QString>("range");
    for (const char *range : {"==", "==$VERSION", "==%s", "1.0", "^1.0", ">=1 || <2", "==1.0 foo",
                              ",", ">=1.0,,<2", "=1.0", "==a.b"}) {
        QTest::addRow("%s", range) << QString(range);
    }
}

void TestPins::rangesThatAreNone()
{
    QFETCH(QString, range);
    QVERIFY(!parseRange(range.toStdString(), RangeSyntax::Pip).has_value());
}

void TestPins::fileNames_data()
{
    QTest::addColumn<QString>("path");
    QTest::addColumn<int>("kind");
    const auto row = [](const char *path, PinFile kind) {
        QTest::addRow("%s", path) << QString(path) << int(kind);
    };
    row("requirements.txt", PinFile::Requirements);
    row("requirements-dev.txt", PinFile::Requirements);
    row("docs/dev_requirements.txt", PinFile::Requirements);
    row("requirements/base.txt", PinFile::Requirements);
    row("constraints.txt", PinFile::Requirements);
    row("setup.py", PinFile::SetupPy);
    row("a/setup.cfg", PinFile::SetupCfg);
    row("pyproject.toml", PinFile::PyProject);
    row("Pipfile", PinFile::Pipfile);
    row("Pipfile.lock", PinFile::None);
    row("environment.yml", PinFile::CondaEnvironment);
    row("environment_gpu.yaml", PinFile::CondaEnvironment);
    row("docker/Dockerfile.gpu", PinFile::Dockerfile);
    row("notes.txt", PinFile::None);
    row("train.py", PinFile::None);
    row("config.yml", PinFile::None);
}

void TestPins::fileNames()
{
    QFETCH(QString, path);
    QTEST(int(pinFileOf(path.toStdString())), "kind");
}

void TestPins::files_data()
{
    QTest::addColumn<int>("kind");
    QTest::addColumn<QByteArray>("before");
    QTest::addColumn<QByteArray>("after");
    const auto row = [](const char *name, PinFile kind, const char *before, const char *after) {
        QTest::addRow("%s", name) << int(kind) << QByteArray(before) << QByteArray(after);
    };
    using K = PinFile;
    row("exact pins", K::Requirements, "torch==1.0.0\ntorchvision==0.2.1\ntorchaudio==0.2\n",
        "torch==2.7.0\ntorchvision==0.22.0\ntorchaudio==2.7.0\n");
    row("what is around stays", K::Requirements,
        "# deps\r\nTorch == 1.0.0  # old\r\n-r base.txt\r\nscipy==1.1.0\r\n\r\nnumpy==1.15.4",
        "# deps\r\nTorch == 2.7.0  # old\r\n-r base.txt\r\nscipy==1.1.0\r\n\r\nnumpy==1.26.4");
    row("ranges", K::Requirements, "torch>=1.0,<2\ntorch>=0.4.1,<=1.1.0\ntorch<1.1\ntorch~=1.0.0\n",
        "torch>=2.7.0,<3\ntorch>=2.7.0,<=2.7.0\ntorch<2.8\ntorch~=2.7.0\n");
    row("what lets it in stays", K::Requirements,
        "torch\ntorch>=1.0\ntorch>=1.0,<3\nnumpy>=1.14\nnumpy<1.24\nnumpy==1.21.2\ntorch!=1.1\n",
        "torch\ntorch>=1.0\ntorch>=1.0,<3\nnumpy>=1.14\nnumpy<1.24\nnumpy==1.21.2\ntorch!=1.1\n");
    row("extras, wildcards, cpu builds", K::Requirements,
        "torch[onnx]==1.0.*\ntorchvision==0.2.2.post3\ntorch==1.0.0+cpu\ntorch (==1.0)\n",
        "torch[onnx]==2.7.*\ntorchvision==0.22.0\ntorch==2.7.0+cpu\ntorch (==2.7.0)\n");
    row("names that only begin so", K::Requirements,
        "torchfoo==1.0\npytorch-thing==1\ntorch_x==1\n",
        "torchfoo==1.0\npytorch-thing==1\ntorch_x==1\n");
    row("setup.py", K::SetupPy,
        "setup(name='torch thing',\n      install_requires=['torch==1.0.0', "
        "\"numpy>=1.14,<1.17\"],\n"
        "      python_requires='>=3.5, <3.8',\n"
        "      classifiers=['Programming Language :: Python :: 3',\n"
        "                   'Programming Language :: Python :: 3.5',\n"
        "                   'Programming Language :: Python :: 3.6',\n"
        "                   'Programming Language :: Python :: 3.9'])\n",
        "setup(name='torch thing',\n      install_requires=['torch==2.7.0', \"numpy>=1.14,<2\"],\n"
        "      python_requires='>=3.9, <3.14',\n"
        "      classifiers=['Programming Language :: Python :: 3',\n"
        "                   'Programming Language :: Python :: 3.10',\n"
        "                   'Programming Language :: Python :: 3.11',\n"
        "                   'Programming Language :: Python :: 3.9'])\n");
    row("setup.cfg", K::SetupCfg,
        "[metadata]\nname = x\nversion = 1.0.0\nclassifiers =\n"
        "    Programming Language :: Python :: 3.6\n[options]\npython_requires = ==3.6.*\n"
        "install_requires =\n    torch == 1.0.0\n    scipy\n[options.extras_require]\n"
        "vision = torchvision==0.2.1\n",
        "[metadata]\nname = x\nversion = 1.0.0\nclassifiers =\n"
        "    Programming Language :: Python :: 3.9\n[options]\npython_requires = ==3.11.*\n"
        "install_requires =\n    torch == 2.7.0\n    scipy\n[options.extras_require]\n"
        "vision = torchvision==0.22.0\n");
    row("pyproject, PEP 621", K::PyProject,
        "[build-system]\nrequires = [\"setuptools\", \"torch==1.0.0\"]\n[project]\n"
        "name = \"torch\"\nrequires-python = \">=3.6,<3.8\"\ndependencies = [\n"
        "  \"torch>=1.0,<1.2\", # pinned\n  'torchvision==0.2.1',\n]\n",
        "[build-system]\nrequires = [\"setuptools\", \"torch==2.7.0\"]\n[project]\n"
        "name = \"torch\"\nrequires-python = \">=3.9,<3.14\"\ndependencies = [\n"
        "  \"torch>=2.7.0,<2.8\", # pinned\n  'torchvision==0.22.0',\n]\n");
    row("pyproject, Poetry", K::PyProject,
        "[tool.poetry]\nversion = \"1.0.0\"\n[tool.poetry.dependencies]\npython = \"~3.6\"\n"
        "torch = \"^1.0.0\"\ntorchvision = {version = \"0.2.1\", optional = true}\n"
        "numpy = \"1.15.*\"\nrequests = \"^2.0\"\n[tool.poetry.dev-dependencies]\ntorchaudio = "
        "\"~0.3\"\n",
        "[tool.poetry]\nversion = \"1.0.0\"\n[tool.poetry.dependencies]\npython = \"~3.11\"\n"
        "torch = \"^2.7.0\"\ntorchvision = {version = \"0.22.0\", optional = true}\n"
        "numpy = \"1.26.*\"\nrequests = \"^2.0\"\n[tool.poetry.dev-dependencies]\ntorchaudio = "
        "\"~2.7\"\n");
    row("Pipfile", K::Pipfile,
        "[packages]\ntorch = \"==1.0.0\"\nnumpy = \"*\"\n[requires]\npython_version = \"3.6\"\n",
        "[packages]\ntorch = \"==2.7.0\"\nnumpy = \"*\"\n[requires]\npython_version = \"3.11\"\n");
    row("conda", K::CondaEnvironment,
        "name: torch\nchannels:\n  - conda-forge\ndependencies:\n  - python=3.6\n"
        "  - conda-forge::pytorch=1.0\n  - torchvision==0.2.1\n  - 'numpy=1.15.4'\n  - scipy=1.1\n"
        "  - pip:\n    - torchaudio==0.2\n    - tqdm==4.0\n  - pytorch>=1.0,<1.2\n",
        "name: torch\nchannels:\n  - conda-forge\ndependencies:\n  - python=3.11\n"
        "  - conda-forge::pytorch=2.7\n  - torchvision==0.22.0\n  - 'numpy=1.26.4'\n  - scipy=1.1\n"
        "  - pip:\n    - torchaudio==2.7.0\n    - tqdm==4.0\n  - pytorch>=2.7.0,<2.8\n");
    row("conda, on one line", K::CondaEnvironment, "dependencies: [python=3.6, pytorch=1.0, pip]\n",
        "dependencies: [python=3.11, pytorch=2.7, pip]\n");
    row("Dockerfile", K::Dockerfile,
        "FROM python:3.6-slim AS base\nRUN pip install --no-cache-dir torch==1.0.0 \\\n"
        "    'torchvision==0.2.1' && rm -rf /x\n# pip install torch==1.0.0\n"
        "RUN conda install -y pytorch=1.0 -c conda-forge; echo torch==1.0.0\n",
        "FROM python:3.11-slim AS base\nRUN pip install --no-cache-dir torch==2.7.0 \\\n"
        "    'torchvision==0.22.0' && rm -rf /x\n# pip install torch==1.0.0\n"
        "RUN conda install -y pytorch=2.7 -c conda-forge; echo torch==1.0.0\n");
    row("a notebook's magics", K::Notebook,
        "import torch\n!pip install torch==1.0 \\\n  torchvision==0.2.1\n%conda install "
        "pytorch=1.0\n"
        "x = 'torch==1.0.0'\n",
        "import torch\n!pip install torch==2.7.0 \\\n  torchvision==0.22.0\n%conda install "
        "pytorch=2.7\n"
        "x = 'torch==1.0.0'\n");
}

void TestPins::files()
{
    QFETCH(int, kind);
    QFETCH(QByteArray, before);
    QFETCH(QByteArray, after);
    const Migration migration =
        migrated(*m_knowledge, static_cast<PinFile>(kind), before.toStdString());
    QCOMPARE(QByteArray::fromStdString(migration.newCode), after);
    QVERIFY(migration.residues.empty());
    for (const Edit &edit : migration.edits) {
        QVERIFY(!edit.changes.empty());
        QVERIFY(edit.reason.en.find('{') == std::string::npos);
        QVERIFY(edit.reason.ru.find('{') == std::string::npos);
    }
}

void TestPins::migratingAgainChangesNothing()
{
    QFETCH(int, kind);
    QFETCH(QByteArray, after);
    const Migration again = migrated(*m_knowledge, static_cast<PinFile>(kind), after.toStdString());
    QCOMPARE(QByteArray::fromStdString(again.newCode), after);
    QVERIFY(again.edits.empty());
}

void TestPins::residuesSayWhatToDo_data()
{
    QTest::addColumn<int>("kind");
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QString>("reason");
    QTest::addColumn<QString>("word"); // of the detail
    const auto row = [](const char *name, PinFile kind, const char *text, const char *reason,
                        const char *word) {
        QTest::addRow("%s", name) << int(kind) << QByteArray(text) << QString(reason)
                                  << QString(word);
    };
    using K = PinFile;
    row("torchtext", K::Requirements, "torchtext\n", "no-replacement", "0.18");
    row("hash on the next line", K::Requirements, "torch==1.0.0 \\\n    --hash=sha256:00\n",
        "needs-decision", "hash");
    row("CUDA build", K::Requirements, "torch==1.0.0+cu90\n", "needs-decision", "cu118");
    row("wheel", K::Requirements,
        "http://download.example.invalid/whl/cu90/torch-1.0.0-cp36-cp36m-linux_x86_64.whl\n",
        "needs-decision", "address");
    row("direct reference", K::Requirements, "torch @ https://example.invalid/torch.whl\n",
        "needs-decision", "address");
    row("newer", K::Requirements, "torch>=2.9\n", "needs-decision", "newer");
    row("other Pythons", K::Requirements, "numpy==1.15; python_version < '3'\n", "guarded",
        "Pythons");
    row("excluded", K::Requirements, "torch!=2.7.0,>=2.0,<2.7.1\n", "needs-decision", "range");
    row("skip mark", K::Requirements, "torch==1.0.0  # torchlift: skip\n", "skipped", "torch");
    row("tied to an old torch", K::Requirements, "torch-scatter==1.1.2\n", "needs-decision",
        "older");
    row("put together", K::SetupPy, "setup(install_requires=['torch==' + VERSION])\n",
        "dynamic-access", "runs");
    row("build string", K::CondaEnvironment,
        "dependencies:\n  - pytorch=1.0.0=py3.6_cuda9.0.176_cudnn7.4.1_1\n", "needs-decision",
        "build");
    row("variant", K::CondaEnvironment, "dependencies:\n  - pytorch-cpu=1.0.0\n", "needs-decision",
        "pytorch 2.7.0");
    row("CUDA", K::CondaEnvironment, "dependencies:\n  - cudatoolkit=9.0\n", "needs-decision",
        "CUDA");
    row("channel", K::CondaEnvironment, "channels:\n  - pytorch\ndependencies:\n  - pytorch=1.0\n",
        "needs-decision", "channel");
    row("image", K::Dockerfile, "FROM pytorch/pytorch:1.0-cuda10.0-cudnn7-runtime\n",
        "needs-decision", "image");
    row("image of an old Debian", K::Dockerfile, "FROM python:3.6-stretch\n", "needs-decision",
        "image");
    row("variable", K::Dockerfile, "ARG PYTHON_VERSION=3.6\n", "needs-decision", "variable");
    row("variable in a pin", K::Dockerfile, "RUN pip install torch==${V}\n", "dynamic-access",
        "runs");
    row("system's Python", K::Dockerfile, "RUN apt-get install -y \\\n  python3.6 git\n",
        "needs-decision", "system");
    row("one Python exactly", K::Pipfile, "[requires]\npython_full_version = \"3.6.8\"\n",
        "needs-decision", "3.6.8");
    row("alternatives", K::PyProject, "[tool.poetry.dependencies]\ntorch = \"^1.0 || ^0.4\"\n",
        "needs-decision", "range");
    row("git", K::PyProject, "[tool.poetry.dependencies]\ntorch = {git = \"x\"}\n",
        "needs-decision", "address");
    row("Python 2", K::SetupCfg,
        "[metadata]\nclassifiers =\n  Programming Language :: Python :: 2\n", "needs-decision",
        "names a Python");
}

void TestPins::residuesSayWhatToDo()
{
    QFETCH(int, kind);
    QFETCH(QByteArray, text);
    QFETCH(QString, word);
    const Migration migration =
        migrated(*m_knowledge, static_cast<PinFile>(kind), text.toStdString());
    QCOMPARE(migration.residues.size(), std::size_t(1));
    const Residue &residue = migration.residues.front();
    QTEST(QString(residueReasonName(residue.reason)), "reason");
    QVERIFY2(QString::fromStdString(residue.detail.en).contains(word), residue.detail.en.c_str());
    QVERIFY(!residue.detail.ru.empty());
    QVERIFY(residue.detail.ru.find('{') == std::string::npos);
    const bool isChannel = word == "channel"; // there the pin itself is rewritten
    QCOMPARE(migration.newCode == migration.oldCode, !isChannel);
    QVERIFY(residue.span.end <= migration.oldCode.size());
    QVERIFY(residue.line > 0);
}

void TestPins::acceptance()
{
    MigrationOptions options;
    options.accept = Acceptance::Safe;
    const Migration safe = migrated(*m_knowledge, PinFile::Requirements, "torch==1.0.0\n", options);
    QCOMPARE(safe.newCode, safe.oldCode);
    QCOMPARE(safe.residues.size(), std::size_t(1));
    QCOMPARE(safe.residues.front().reason, ResidueReason::NotAccepted);
    options.accept = Acceptance::All;
    options.skip = {kPinRule};
    QVERIFY(migrated(*m_knowledge, PinFile::Requirements, "torch==1.0.0\n", options).edits.empty());
    options.skip.clear();
    options.only = {"gesv"};
    QVERIFY(migrated(*m_knowledge, PinFile::Requirements, "torch==1.0.0\n", options).edits.empty());
}

void TestPins::anyBytes_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addRow("empty") << QByteArray();
    QTest::addRow("quotes that never close") << QByteArray("torch = \"1.0\n'\"[{(\\");
    QTest::addRow("only signs") << QByteArray("==,>=<;@#:::=[]{}\\\n-\n- \n: \n[\n");
    QTest::addRow("cut off") << QByteArray("RUN pip install torch==");
    QTest::addRow("cut off at the backslash") << QByteArray("RUN pip install \\");
    QTest::addRow("a long number") << QByteArray("torch==99999999999999999999.1.1.1.1.1.1.1.1.1\n");
    QTest::addRow("a long line") << QByteArray("torch==1.0 ").repeated(20000);
    QTest::addRow("not UTF-8") << QByteArray("torch==\xff\xfe\n\x80: [\xc3\n");
}

void TestPins::anyBytes()
{
    QFETCH(QByteArray, bytes);
    for (int kind = int(PinFile::None); kind <= int(PinFile::Notebook); ++kind) {
        const std::string text = bytes.toStdString();
        const Migration migration = migrated(*m_knowledge, static_cast<PinFile>(kind), text);
        for (const Residue &residue : migration.residues) {
            QVERIFY(residue.span.begin <= residue.span.end && residue.span.end <= text.size());
        }
    }
}

void TestPins::releasesAgreeWithTheTimeline()
{
    const auto timeline = Timeline::load(TORCHLIFT_SOURCE_DIR "/resources/timeline");
    QVERIFY(timeline.has_value());
    const auto releases = (*timeline)->releases();
    QCOMPARE(m_knowledge->releases.size(), releases.size());
    for (std::size_t i = 0; i < releases.size(); ++i) {
        const Companions &known = m_knowledge->releases[i];
        QCOMPARE(known.torch.toString(), releases[i].toString());
        QVERIFY(known.torchvision.has_value());
        QCOMPARE(known.torchvision->pin.toString(),
                 (*timeline)->torchvisionFor(releases[i]).toString());
        // What is written must itself be let in.
        QVERIFY(known.python.isReachedBy(
            *parseRange("==" + known.python.pin.toString() + ".*", RangeSyntax::Pip)));
        QVERIFY(known.numpy.isReachedBy(
            *parseRange("==" + known.numpy.pin.toString(), RangeSyntax::Pip)));
    }
}

void TestPins::otherTargets()
{
    MigrationOptions options;
    options.to = {2, 3, 0};
    QCOMPARE(
        migrated(*m_knowledge, PinFile::Requirements, "torch==1.0\ntorchtext==0.3.1\n", options)
            .newCode,
        std::string("torch==2.3.0\ntorchtext==0.18.0\n"));
    options.to = {2, 7, 1}; // its companions have a last number of their own
    QCOMPARE(
        migrated(*m_knowledge, PinFile::Requirements, "torch==1.0\ntorchvision==0.2.1\n", options)
            .newCode,
        std::string("torch==2.7.1\ntorchvision==0.22.*\n"));
}

void TestPins::citedChangesExist()
{
    const auto changes = loadCatalogue(TORCHLIFT_SOURCE_DIR "/resources/catalogue");
    QVERIFY(changes.has_value());
    const auto exists = [&](const std::string &slug) {
        return std::any_of(changes->begin(), changes->end(),
                           [&](const Change &change) { return change.slug == slug; });
    };
    for (const auto &[package, slugs] : m_knowledge->editChanges) {
        QVERIFY2(!slugs.empty() && std::all_of(slugs.begin(), slugs.end(), exists),
                 package.c_str());
    }
    for (const auto &[name, residue] : m_knowledge->residues) {
        QVERIFY2(std::all_of(residue.changes.begin(), residue.changes.end(), exists), name.c_str());
    }
}

QTEST_GUILESS_MAIN(TestPins)
#include "tst_pins.moc"
