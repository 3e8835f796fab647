#include <set>

#include <QTest>

#include "corpus/change.h"
#include "migration/cpptokens.h"
#include "migration/nativecode.h"

using namespace TorchLift;

/// What C++ and CUDA sources of extensions lose: named, with the release and what to write.
class TestNativeCode : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void everyExampleIsFound();
    void citedChangesExist();
    void tokens_data();
    void tokens();
    void found_data();
    void found();
    void notFound_data();
    void notFound();
    void guards();
    void anyBytes_data();
    void anyBytes();

private:
    [[nodiscard]] Migration check(const QByteArray &code,
                                  const MigrationOptions &options = {}) const
    {
        return checkNative(code.toStdString(), *m_knowledge, options);
    }
    std::shared_ptr<const NativeKnowledge> m_knowledge;
};

void TestNativeCode::initTestCase()
{
    auto knowledge = NativeKnowledge::load(TORCHLIFT_SOURCE_DIR "/resources/project/native.yaml");
    QVERIFY2(knowledge.has_value(), knowledge ? "" : knowledge.error().detail.c_str());
    m_knowledge = std::move(*knowledge);
}

void TestNativeCode::everyExampleIsFound()
{
    for (const NativeToken &token : m_knowledge->tokens()) {
        const Migration migration = check(QByteArray::fromStdString(token.example));
        const bool isFound = std::any_of(
            migration.residues.begin(), migration.residues.end(), [&](const Residue &residue) {
                return residue.symbol == token.symbol && residue.detail == token.detail
                       && residue.isBreaking == token.isBreaking;
            });
        QVERIFY2(isFound, token.id.c_str());
        QCOMPARE(migration.newCode, token.example);
    }
}

void TestNativeCode::citedChangesExist()
{
    const auto changes = loadCatalogue(TORCHLIFT_SOURCE_DIR "/resources/catalogue");
    QVERIFY(changes.has_value());
    std::set<std::string> slugs;
    for (const Change &change : *changes) {
        slugs.insert(change.slug);
    }
    for (const NativeToken &token : m_knowledge->tokens()) {
        QVERIFY2(!token.changes.empty(), token.id.c_str());
        for (const std::string &slug : token.changes) {
            QVERIFY2(slugs.contains(slug), slug.c_str());
        }
    }
}

void TestNativeCode::tokens_data()
{
    QTest::addColumn<QByteArray>("code");
    QTest::addColumn<QByteArray>("joined");
    const auto row = [](const char *name, const char *code, const char *joined) {
        QTest::addRow("%s", name) << QByteArray(code) << QByteArray(joined);
    };
    row("words and signs", "x->y::z(1)", "x . y :: z ( 1 )");
    row("comments", "a // AT_CHECK\n/* AT_CHECK\n*/ b", "a b");
    row("a comment that goes on", "a // x \\\n AT_CHECK\nb", "a b");
    row("strings", "a(\"AT_CHECK \\\" x\", 'c', '\\'')", "a ( \"AT_CHECK \\\" x\" , 'c' , '\\'' )");
    row("raw string", "a R\"x(AT_CHECK \" )y\" )x\" b", "a b");
    row("numbers", "1'000.5f + 0x1'F", "1'000.5f + 0x1'F");
    row("splice", "AT_\\\n b", "AT_ b");
    row("macro", "#define X(a) \\\n  AT_CHECK(a)", "( a ) AT_CHECK ( a )");
    row("include", "#include <THC/THC.h> // x\n#  include \"a.h\"\nb", "THC/THC.h a.h b");
    row("other directives", "#pragma AT_CHECK\n#if AT_CHECK\n#endif\nb", "b");
}

void TestNativeCode::tokens()
{
    QFETCH(QByteArray, code);
    QByteArrayList texts;
    const std::string text = code.toStdString();
    for (const CppToken &token : tokenizeCpp(text).tokens) {
        texts << QByteArray(token.text.data(), static_cast<int>(token.text.size()));
        QVERIFY(token.span.end <= text.size());
    }
    QTEST(texts.join(' '), "joined");
}

void TestNativeCode::found_data()
{
    QTest::addColumn<QByteArray>("code");
    QTest::addColumn<QString>("symbol");
    QTest::addColumn<QByteArray>("text");
    const auto row = [](const char *name, const char *code, const char *symbol, const char *text) {
        QTest::addRow("%s", name) << QByteArray(code) << QString(symbol) << QByteArray(text);
    };
    row("in a macro", "#define CHECK(x) AT_CHECK(x, #x)\n", "AT_CHECK", "AT_CHECK(");
    row("over lines", "AT_DISPATCH_FLOATING_TYPES(\n  input[0].type(), \"f\", [] {});",
        "AT_DISPATCH", "AT_DISPATCH_FLOATING_TYPES(\n  input[0].type(),");
    row("by pointer", "float *p = x->data<float>();", "Tensor.data<T>()", "->data<float>(");
    row("blanks", "x . type( ).is_cuda ()", "Tensor.type().is_cuda()", ". type( ).is_cuda ()");
    row("quoted include", "#include \"TH/TH.h\"", "TH/TH.h", "TH/TH.h");
    row("a whole family", "THCudaTensor_data(state, t)", "THCCeilDiv", "THCudaTensor_data");
}

void TestNativeCode::found()
{
    QFETCH(QByteArray, code);
    QFETCH(QByteArray, text);
    const Migration migration = check(code);
    QCOMPARE(migration.residues.size(), std::size_t(1));
    const Residue &residue = migration.residues.front();
    QTEST(QString::fromStdString(residue.symbol), "symbol");
    QCOMPARE(code.mid(static_cast<int>(residue.span.begin), static_cast<int>(residue.span.size())),
             text);
    QVERIFY(residue.reason == ResidueReason::NeedsDecision);
    QVERIFY(migration.edits.empty());
}

void TestNativeCode::notFound_data()
{
    QTest::addColumn<QByteArray>("code");
    for (const char *code :
         {"// AT_CHECK(x)", "\"AT_CHECK(\"", "MY_AT_CHECK(x)", "node.data < 5",
          "std::vector<int> v; v.data();", "x.scalar_type()",
          "AT_DISPATCH_FLOATING_TYPES(x.scalar_type(), \"f\", [] {});",
          "#include <THC/THCAtomics.cuh>", "#include <THIRD/x.h>", "torch::jit::Module m;",
          "at::cuda::getCurrentCUDAStream()", "#define AT_CHECK TORCH_CHECK\nAT_CHECK(x);",
          "AT_DISPATCH_FLOATING_TYPES(t, [&] { f(x.type(), 1); });"}) {
        QTest::addRow("%s", code) << QByteArray(code);
    }
}

void TestNativeCode::notFound()
{
    QFETCH(QByteArray, code);
    const Migration migration = check(code);
    QVERIFY2(migration.residues.empty(),
             migration.residues.empty() ? "" : migration.residues.front().symbol.c_str());
}

void TestNativeCode::guards()
{
    const Migration guarded = check("#if TORCH_VERSION_MAJOR < 1\nAT_CHECK(x);\n#endif\n");
    QCOMPARE(guarded.residues.size(), std::size_t(1));
    QVERIFY(guarded.residues.front().reason == ResidueReason::Guarded);
    QVERIFY(!guarded.residues.front().isBreaking);
    const Migration skipped = check("AT_CHECK(x); // torchlift: skip\nAT_CHECK(y);\n");
    QCOMPARE(skipped.residues.size(), std::size_t(2));
    QVERIFY(skipped.residues.front().reason == ResidueReason::Skipped);
    QVERIFY(skipped.residues.back().reason == ResidueReason::NeedsDecision);
    MigrationOptions options;
    options.to = {1, 4, 0}; // it broke in 1.5
    QVERIFY(check("AT_CHECK(x);", options).residues.empty());
    options.skip = {"native-code"};
    options.to = {2, 7, 0};
    QVERIFY(check("AT_CHECK(x);", options).residues.empty());
}

void TestNativeCode::anyBytes_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addRow("empty") << QByteArray();
    QTest::addRow("open string") << QByteArray("AT_CHECK(\"");
    QTest::addRow("open raw string") << QByteArray("R\"");
    QTest::addRow("open raw string with a mark") << QByteArray("R\"abc(x");
    QTest::addRow("open comment") << QByteArray("/* x");
    QTest::addRow("a lone hash") << QByteArray("#");
    QTest::addRow("include without end") << QByteArray("#include <");
    QTest::addRow("backslashes") << QByteArray(1000, '\\');
    QTest::addRow("a quote and a backslash") << QByteArray("'\\");
    QTest::addRow("not UTF-8") << QByteArray("\xff\xfe AT_CHECK(\x80)");
    QTest::addRow("deep brackets") << "AT_DISPATCH_ALL_TYPES(" + QByteArray(200000, '(');
    QTest::addRow("many that end nowhere")
        << QByteArray("AT_DISPATCH_ALL_TYPES(x ").repeated(20000);
}

void TestNativeCode::anyBytes()
{
    QFETCH(QByteArray, bytes);
    const Migration migration = check(bytes);
    QCOMPARE(QByteArray::fromStdString(migration.newCode), bytes);
    for (const Residue &residue : migration.residues) {
        QVERIFY(residue.span.end <= static_cast<std::size_t>(bytes.size()));
    }
}

QTEST_GUILESS_MAIN(TestNativeCode)
#include "tst_nativecode.moc"
