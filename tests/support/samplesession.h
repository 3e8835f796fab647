#pragma once

#include <cmath>

#include "session/session.h"

namespace TorchLift {

/// A session in which every optional part is there and no member has its default value.
inline Session sampleSession()
{
    Session session;
    session.fileName = "solve.py";
    session.createdAt = "2026-01-02T03:04:05Z";
    session.options.from = Version{1, 0, 1};
    session.options.to = Version{2, 6, 0};
    session.options.accept = Acceptance::All;
    session.options.only = {"gesv"};
    session.options.skip = {"volatile"};
    session.embedding = EmbeddingChoice{"e5-large-v2", Precision::Bf16, Device::Cuda};

    Migration &migration = session.migration;
    migration.oldCode = "import torch\nx, lu = torch.gesv(b, A)\ny = torch.btrifact(A)  # Я\n";
    migration.newCode = "import torch\nx = torch.linalg.solve(A, b)\ny = torch.btrifact(A)  # Я\n";
    migration.from = Version{1, 0, 1};
    migration.to = Version{2, 6, 0};
    migration.isFromDetected = true;
    migration.fromEvidence = {{2, "torch.gesv", {1, 1, 0}}};
    migration.hasSyntaxErrors = true;
    migration.isPython2 = true;

    Edit edit;
    edit.id = "gesv-13-a1";
    edit.ruleId = "gesv";
    edit.group = "solve";
    edit.replacements = {
        {{13, 38},
         {{"x = torch.linalg.solve(", {}, false}, {"", {35, 36}, true}, {", b)", {}, false}}}};
    edit.imports = {"import torch.linalg"};
    edit.title = {"gesv → linalg.solve", "gesv → linalg.solve (по-русски)"};
    edit.reason = {"Gone.", "Удалено."};
    edit.changes = {"gesv-removed"};
    edit.symbol = "torch.gesv";
    edit.brokenIn = Version{1, 2, 0};
    edit.provenance = Provenance::Model;
    edit.safety = Safety::Behaviour;
    edit.evidence = Evidence::NameOnly;
    edit.proof = EditProof::Refuted;
    edit.isAccepted = true;
    migration.edits = {edit};
    migration.residues = {{"torch.btrifact",
                           {43, 57},
                           3,
                           ResidueReason::NeedsDecision,
                           {"Choose.", "Выберите."},
                           {"btrifact-removed"},
                           "btrifact",
                           Version{1, 3, 0},
                           false}};

    RankedChunk ranked;
    Chunk &chunk = ranked.chunk;
    chunk.key = "catalogue:77";
    chunk.chunkId = "v1.2.0-6";
    chunk.version = Version{1, 2, 0};
    chunk.releaseName = "PyTorch 1.2";
    chunk.section = "Removals";
    chunk.source = "catalogue";
    chunk.changeSlug = "gesv-removed";
    chunk.text = "**gone**";
    chunk.textRu = "**удалено**";
    chunk.symbols = {"torch.gesv"};
    chunk.pullRequests = {"#26453"};
    chunk.isOriginal = true;
    ranked.rank = 1;
    ranked.score = 0.1;
    ranked.denseScore = 1.0 / 3.0;
    ranked.denseRank = 2;
    ranked.lexicalScore = 7.25;
    ranked.lexicalRank = 3;
    ranked.symbolRank = 4;
    ranked.symbolsFound = {"torch.gesv"};
    ranked.isCited = true;
    session.retrieval = Retrieval{{ranked}, {ranked}, 61, true};
    session.retrieval->citedOnly.front().rank = 17;
    session.retrieval->embedding = EmbeddingChoice{"/models/own", Precision::Int8, Device::Cpu};

    Run run;
    run.outcome = Outcome::Exception;
    run.exitStatus = 1;
    run.signal = 6;
    run.output = "1\n\xFF\n";
    run.errorOutput = std::string("a\0b\x1B", 4);
    run.errorType = "AttributeError";
    run.errorMessage = "no \"gesv\"";
    run.errorLine = 2;
    run.warnings = {{"UserWarning", "old", 2}};
    run.executedLines = {1, 2};
    run.executableLines = {1, 2, 3};
    Variable &variable = run.variables["x"];
    variable.type = "torch.Tensor";
    variable.dtype = "float32";
    variable.shape = {2, 2};
    variable.requiresGrad = true;
    variable.device = "cpu";
    variable.isComparable = true;
    variable.values = {NAN, INFINITY, -INFINITY, 0.1};
    variable.text = "tensor(...)";
    variable.digest = "ab";
    variable.statistics = {0.5, 1, -2, 3};
    run.wallMs = 12.5;
    run.peakMemoryBytes = 5'000'000'000;
    run.torch = Version{1, 0, 0};
    run.python = Version{3, 6, 15};
    run.isSandboxed = false;
    run.conditions = {7, 2, true, true, true};
    run.randomState = "0a1b2c3d.00000000.ffffffff";
    Verdict verdict;
    verdict.kind = VerdictKind::RandomStream;
    verdict.compared = 9;
    verdict.differences = {{"value", "x", "1", "2", DistributionShift{0.25, 0.125, 10}},
                           {"dtype", "y", "int64", "float32"}};
    verdict.isNoiseAssumed = true;
    verdict.isNoiseMeasured = true;
    verdict.differsInMasksOnly = true;
    verdict.leftOut = {"", "z"};
    verdict.explainedBy = {"random-seed-streams"};
    session.result = ResultRow{
        "torch.gesv", "solve.py", run,  run,
        std::nullopt, verdict,    true, Divergence{"random stream", 2, 3, 1, "x", "1", "2"}};

    session.bisection = BisectionAnswer{"fails", {1, 1, 0}, {1, 2, 0}, 4};
    session.prompt = "Rewrite";
    session.modelAnswer = "```python\n```";
    session.explanation = "Because.";
    return session;
}

} // namespace TorchLift
