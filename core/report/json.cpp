#include "report/json.h"

#include <algorithm>

#include "session/jsonwriter.h"

namespace TorchLift {

namespace {

/// An edit or a residue as a scan shows it.
struct Finding
{
    ByteSpan span;
    const Edit *edit = nullptr; // one of the two is set
    const Residue *residue = nullptr;
};

std::vector<Finding> findingsOf(const Migration &migration)
{
    std::vector<Finding> findings;
    for (const Edit &edit : migration.edits) {
        findings.push_back({edit.span(), &edit, nullptr});
    }
    for (const Residue &residue : migration.residues) {
        findings.push_back({residue.span, nullptr, &residue});
    }
    std::stable_sort(findings.begin(), findings.end(),
                     [](const Finding &a, const Finding &b) { return a.span < b.span; });
    return findings;
}

void writeFinding(JsonWriter &writer, const Finding &finding, const LineIndex &lines)
{
    const auto writeShared = [&](const auto &source) {
        writer("symbol", source.symbol);
        writer("line", lines.lineOf(finding.span.begin));
        writer("span", finding.span);
        writer("brokenIn", source.brokenIn);
        writer("ruleId", source.ruleId);
        writer("changes", source.changes);
    };
    writer("hasRewrite", finding.edit != nullptr);
    if (finding.edit != nullptr) {
        writeShared(*finding.edit);
        writer("title", finding.edit->title);
        writer("detail", finding.edit->reason);
        writer("safety", finding.edit->safety);
        writer("evidence", finding.edit->evidence);
    } else {
        writeShared(*finding.residue);
        writer("detail", finding.residue->detail);
        writer("reason", finding.residue->reason);
        writer("isBreaking", finding.residue->isBreaking);
    }
}

void writeMigration(JsonWriter &writer, const Migration &migration)
{
    const LineIndex lines(migration.oldCode);
    summaryFields(writer, migration);
    writer.list("edits", migration.edits, [&](const Edit &edit) {
        writer("line", lines.lineOf(edit.span().begin));
        fields(writer, edit);
    });
    writer("residues", migration.residues);
    writer("oldCode", migration.oldCode);
    writer("newCode", migration.newCode);
}

void writeFindings(JsonWriter &writer, const Migration &migration)
{
    const LineIndex lines(migration.oldCode);
    summaryFields(writer, migration);
    writer.list("findings", findingsOf(migration),
                [&](const Finding &finding) { writeFinding(writer, finding, lines); });
}

void writeRetrieval(JsonWriter &writer, const Retrieval *retrieval)
{
    if (retrieval != nullptr) {
        writer("retrieval", *retrieval);
    }
}

std::string folderToJson(std::string_view folder, const std::vector<FileReport> &files,
                         const std::vector<SkippedPath> &skipped,
                         void (*write)(JsonWriter &, const Migration &))
{
    JsonWriter writer;
    writer("schema", kReportSchema);
    writer("folder", folder);
    writer.list("files", files, [&](const FileReport &file) {
        writer("file", file.path);
        writer("kind", file.kind);
        write(writer, *file.migration);
        writeRetrieval(writer, file.retrieval);
    });
    writer.list("skipped", skipped, [&](const SkippedPath &path) {
        writer("path", path.path.generic_string());
        writer("reason", path.reason);
    });
    return writer.finish();
}

} // namespace

std::string migrationToJson(const Migration &migration, std::string_view file,
                            const Retrieval *retrieval)
{
    JsonWriter writer;
    writer("schema", kReportSchema);
    writer("file", file);
    writeMigration(writer, migration);
    writeRetrieval(writer, retrieval);
    return writer.finish();
}

std::string folderMigrationToJson(std::string_view folder, const std::vector<FileReport> &files,
                                  const std::vector<SkippedPath> &skipped)
{
    return folderToJson(folder, files, skipped, writeMigration);
}

std::string folderScanToJson(std::string_view folder, const std::vector<FileReport> &files,
                             const std::vector<SkippedPath> &skipped)
{
    return folderToJson(folder, files, skipped, writeFindings);
}

std::string retrievalToJson(const Retrieval &retrieval)
{
    JsonWriter writer;
    writer("schema", kReportSchema);
    fields(writer, retrieval);
    return writer.finish();
}

std::string answerToJson(const AnswerReport &answer)
{
    JsonWriter writer;
    writer("schema", kReportSchema);
    writer("question", answer.question);
    writer("hasAnswer", answer.text != nullptr);
    writer("answer", answer.text != nullptr ? std::string_view(*answer.text) : std::string_view());
    writer("isCutOff", answer.isCutOff);
    const CitationCheck none;
    const CitationCheck &check = answer.citations != nullptr ? *answer.citations : none;
    writer.list("citations", check.cited, [&](std::size_t number) {
        const Chunk &chunk = answer.retrieval->ranked[number - 1].chunk;
        writer("number", number);
        writer("key", chunk.key);
        writer("chunkId", chunk.chunkId);
    });
    writer("invented", check.invented);
    writer("unknownNames", check.unknown);
    writer("isWeak", isWeak(*answer.retrieval));
    writer("candidates", answer.retrieval->candidates);
    writer("hasDense", answer.retrieval->hasDense);
    writer("embedding", answer.retrieval->embedding);
    writer("chunks", answer.retrieval->ranked);
    return writer.finish();
}

std::string resultsToJson(const std::vector<ResultRow> &rows)
{
    JsonWriter writer;
    writer("schema", kReportSchema);
    writer("rows", rows);
    return writer.finish();
}

std::string casesToJson(const std::vector<CaseReport> &cases)
{
    JsonWriter writer;
    writer("schema", kReportSchema);
    writer.list("cases", cases, [&](const CaseReport &one) {
        writer("name", one.name);
        writer("fault", one.fault);
        writer("row", *one.row);
    });
    return writer.finish();
}

std::string projectResultToJson(const ProjectResult &result)
{
    JsonWriter writer;
    writer("schema", kReportSchema);
    writer("command", result.command);
    writer("isAsGoodAsBefore", isAsGoodAsBefore(result));
    writer("whole", result.whole);
    writer.list("tests", result.tests, [&](const ProjectTest &test) {
        writer("finding", testFindingName(test.finding));
        writer("row", test.row);
    });
    writer.list("missing", result.missing, [&](const MissingImport &missing) {
        writer("torch", missing.torch);
        writer("module", missing.module);
        writer("tests", missing.tests);
    });
    writer.list("skipped", result.skipped, [&](const SkippedPath &path) {
        writer("path", path.path.generic_string());
        writer("reason", path.reason);
    });
    return writer.finish();
}

std::string resultRowToJson(const ResultRow &row)
{
    return resultsToJson({row});
}

std::string scanToJson(const Analysis &analysis, const Migration &migration, std::string_view file)
{
    const LineIndex lines(migration.oldCode);
    JsonWriter writer;
    writer("schema", kReportSchema);
    writer("file", file);
    writeFindings(writer, migration);
    writer("uses", analysis.uses);
    writer.list("syntaxErrors", analysis.syntaxErrors, [&](const ByteSpan &span) {
        writer("line", lines.lineOf(span.begin));
        writer("span", span);
    });
    return writer.finish();
}

} // namespace TorchLift
