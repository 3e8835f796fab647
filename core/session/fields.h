#pragma once

#include <concepts>
#include <type_traits>

#include "migration/migrate.h"
#include "retrieval/retriever.h"
#include "validation/releasesearch.h"
#include "validation/resultstable.h"

namespace TorchLift {

/// One list of members for each structure that goes into files: JsonWriter and JsonReader both
/// follow it, so that what is written is what is read, and reports use the same names.
template <typename T, typename Structure>
concept Is = std::same_as<std::remove_const_t<T>, Structure>;

template <typename Archive, Is<ByteSpan> T>
void fields(Archive &archive, T &span)
{
    archive("begin", span.begin);
    archive("end", span.end);
}

template <typename Archive, Is<LocalizedText> T>
void fields(Archive &archive, T &text)
{
    archive("en", text.en);
    archive("ru", text.ru);
}

template <typename Archive, Is<BisectionAnswer> T>
void fields(Archive &archive, T &answer)
{
    archive("symptom", answer.symptom);
    archive("lastGood", answer.lastGood);
    archive("firstBad", answer.firstBad);
    archive("runs", answer.runs);
}

template <typename Archive, Is<Use> T>
void fields(Archive &archive, T &use)
{
    archive("symbol", use.symbol);
    archive("span", use.span);
    archive("line", use.line);
    archive("evidence", use.evidence);
    archive("isCall", use.isCall);
    archive("isGuarded", use.isGuarded);
}

template <typename Archive, Is<Piece> T>
void fields(Archive &archive, T &piece)
{
    archive("isKept", piece.isKept);
    archive("text", piece.text);
    archive("kept", piece.kept);
}

template <typename Archive, Is<Replacement> T>
void fields(Archive &archive, T &replacement)
{
    archive("span", replacement.span);
    archive("pieces", replacement.pieces);
}

template <typename Archive, Is<Edit> T>
void fields(Archive &archive, T &edit)
{
    archive("id", edit.id);
    archive("ruleId", edit.ruleId);
    archive("group", edit.group);
    archive("symbol", edit.symbol);
    archive("brokenIn", edit.brokenIn);
    archive("title", edit.title);
    archive("reason", edit.reason);
    archive("changes", edit.changes);
    archive("provenance", edit.provenance);
    archive("safety", edit.safety);
    archive("evidence", edit.evidence);
    archive("proof", edit.proof);
    archive("isAccepted", edit.isAccepted);
    archive("replacements", edit.replacements);
    archive("imports", edit.imports);
}

template <typename Archive, Is<Residue> T>
void fields(Archive &archive, T &residue)
{
    archive("symbol", residue.symbol);
    archive("span", residue.span);
    archive("line", residue.line);
    archive("reason", residue.reason);
    archive("detail", residue.detail);
    archive("changes", residue.changes);
    archive("ruleId", residue.ruleId);
    archive("brokenIn", residue.brokenIn);
    archive("isBreaking", residue.isBreaking);
}

template <typename Archive, Is<VersionEvidence> T>
void fields(Archive &archive, T &evidence)
{
    archive("line", evidence.line);
    archive("symbol", evidence.symbol);
    archive("bound", evidence.bound);
}

template <typename Archive, Is<MigrationOptions> T>
void fields(Archive &archive, T &options)
{
    archive("from", options.from);
    archive("to", options.to);
    archive("accept", options.accept);
    archive("only", options.only);
    archive("skip", options.skip);
    archive.added("keepsSource", options.keepsSource);
}

/// What a scan says about the code as a whole, too.
template <typename Archive, Is<Migration> T>
void summaryFields(Archive &archive, T &migration)
{
    archive("from", migration.from);
    archive("to", migration.to);
    archive("isFromDetected", migration.isFromDetected);
    archive("fromEvidence", migration.fromEvidence);
    archive("hasSyntaxErrors", migration.hasSyntaxErrors);
    archive("isPython2", migration.isPython2);
}

template <typename Archive, Is<Migration> T>
void fields(Archive &archive, T &migration)
{
    summaryFields(archive, migration);
    archive("edits", migration.edits);
    archive("residues", migration.residues);
    archive("oldCode", migration.oldCode);
    archive("newCode", migration.newCode);
}

template <typename Archive, Is<Chunk> T>
void fields(Archive &archive, T &chunk)
{
    archive("key", chunk.key);
    archive("chunkId", chunk.chunkId);
    archive("version", chunk.version);
    archive("releaseName", chunk.releaseName);
    archive("section", chunk.section);
    archive("source", chunk.source);
    archive("changeSlug", chunk.changeSlug);
    archive("symbols", chunk.symbols);
    archive("pullRequests", chunk.pullRequests);
    archive("isOriginal", chunk.isOriginal);
    archive.added("trust", chunk.trust);
    archive("text", chunk.text);
    archive("textRu", chunk.textRu);
}

template <typename Archive, Is<RankedChunk> T>
void fields(Archive &archive, T &ranked)
{
    archive("rank", ranked.rank);
    archive("score", ranked.score);
    archive("denseScore", ranked.denseScore);
    archive("denseRank", ranked.denseRank);
    archive("lexicalScore", ranked.lexicalScore);
    archive("lexicalRank", ranked.lexicalRank);
    archive("symbolRank", ranked.symbolRank);
    archive.added("useScore", ranked.useScore);
    archive.added("useRank", ranked.useRank);
    archive("symbolsFound", ranked.symbolsFound);
    archive("isCited", ranked.isCited);
    archive.added("isCut", ranked.isCut);
    archive("chunk", ranked.chunk);
}

template <typename Archive, Is<EmbeddingChoice> T>
void fields(Archive &archive, T &choice)
{
    archive("model", choice.model);
    archive("precision", choice.precision);
    archive("device", choice.device);
}

template <typename Archive, Is<Retrieval> T>
void fields(Archive &archive, T &retrieval)
{
    archive("candidates", retrieval.candidates);
    archive("hasDense", retrieval.hasDense);
    archive.added("embedding", retrieval.embedding);
    archive("ranked", retrieval.ranked);
    archive("citedOnly", retrieval.citedOnly);
}

template <typename Archive, Is<RunWarning> T>
void fields(Archive &archive, T &warning)
{
    archive("category", warning.category);
    archive("message", warning.message);
    archive("line", warning.line);
}

template <typename Archive, Is<Variable> T>
void fields(Archive &archive, T &variable)
{
    archive("type", variable.type);
    archive("dtype", variable.dtype);
    archive("shape", variable.shape);
    archive("requiresGrad", variable.requiresGrad);
    archive("isComparable", variable.isComparable);
    archive("values", variable.values);
    archive("text", variable.text);
    archive("digest", variable.digest);
    archive("statistics", variable.statistics);
    archive.added("device", variable.device);
}

template <typename Archive, Is<RunConditions> T>
void fields(Archive &archive, T &conditions)
{
    archive("seed", conditions.seed);
    archive("threads", conditions.threads);
    archive("deterministicAlgorithms", conditions.deterministicAlgorithms);
    archive("deterministicCudnn", conditions.deterministicCudnn);
    archive("isCudaOnCpu", conditions.isCudaOnCpu);
}

template <typename Archive, Is<Run> T>
void fields(Archive &archive, T &run)
{
    archive("outcome", run.outcome);
    archive("exitStatus", run.exitStatus);
    archive("signal", run.signal);
    archive("output", run.output);
    archive("errorOutput", run.errorOutput);
    archive("errorType", run.errorType);
    archive("errorMessage", run.errorMessage);
    archive("errorLine", run.errorLine);
    archive("warnings", run.warnings);
    archive("executedLines", run.executedLines);
    archive("executableLines", run.executableLines);
    archive("variables", run.variables);
    archive("wallMs", run.wallMs);
    archive("peakMemoryBytes", run.peakMemoryBytes);
    archive("torch", run.torch);
    archive("python", run.python);
    archive("isSandboxed", run.isSandboxed);
    archive.added("conditions", run.conditions);
    archive.added("randomState", run.randomState);
}

template <typename Archive, Is<DistributionShift> T>
void fields(Archive &archive, T &shift)
{
    archive("psi", shift.psi);
    archive("kl", shift.kl);
    archive("bins", shift.bins);
}

template <typename Archive, Is<Difference> T>
void fields(Archive &archive, T &difference)
{
    archive("what", difference.what);
    archive("name", difference.name);
    archive("oldValue", difference.oldValue);
    archive("newValue", difference.newValue);
    archive.added("distribution", difference.distribution);
}

template <typename Archive, Is<Verdict> T>
void fields(Archive &archive, T &verdict)
{
    archive("kind", verdict.kind);
    archive("compared", verdict.compared);
    archive("differences", verdict.differences);
    archive.added("isNoiseAssumed", verdict.isNoiseAssumed);
    archive.added("isNoiseMeasured", verdict.isNoiseMeasured);
    archive.added("differsInMasksOnly", verdict.differsInMasksOnly);
    archive.added("leftOut", verdict.leftOut);
    archive.added("explainedBy", verdict.explainedBy);
}

template <typename Archive, Is<Divergence> T>
void fields(Archive &archive, T &divergence)
{
    archive("what", divergence.what);
    archive("oldLine", divergence.oldLine);
    archive("newLine", divergence.newLine);
    archive("visit", divergence.visit);
    archive("name", divergence.name);
    archive("oldValue", divergence.oldValue);
    archive("newValue", divergence.newValue);
}

template <typename Archive, Is<ResultRow> T>
void fields(Archive &archive, T &row)
{
    archive("api", row.api);
    archive("file", row.file);
    archive("oldAtSource", row.oldAtSource);
    archive("oldAtTarget", row.oldAtTarget);
    archive("newAtTarget", row.newAtTarget);
    archive("verdict", row.verdict);
    archive.added("isTraced", row.isTraced);
    archive.added("divergence", row.divergence);
}

} // namespace TorchLift
