#pragma once

#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "cli/embeddingoptions.h"
#include "migration/migrate.h"
#include "pipeline/pipeline.h"

namespace TorchLift::Cli {

/// Exit statuses (design.md, "Command line").
enum ExitStatus {
    Done = 0,
    StillBroken = 1, ///< a breaking residue or unapplied breaking edit, or new code that fails
    BadUsage = 2,
    PartMissing = 3,
    OwnError = 4,
    Interrupted = 130,
};

/// What all commands share.
struct Context
{
    Paths paths;
    std::stop_token stop; ///< triggered by SIGINT and SIGTERM
    std::string language = "en";
};

/// Version numbers as given on the command line.
struct VersionOptions
{
    std::string from = "auto";
    std::string to = "2.7.0";
    bool isToGiven = false; ///< not the default
};

struct ScanOptions
{
    std::string file;
    VersionOptions versions;
    std::string json; ///< file or "-"; empty: none
};

struct SymbolOptions
{
    std::string name;
    std::string json;
};

/// A vector engine that many share.
struct EngineCommandOptions
{
    bool isAsked = false; ///< --engine was given
    std::string address;  ///< empty: the one that is remembered
    std::string proxy;
    std::string certificates;
    int keyDescriptor = -1;
};

struct RunOptions
{
    std::vector<std::string> data;
    std::optional<int> timeoutSeconds;
    bool isUnsandboxed = false;
    bool trace = false;
    bool isCudaOnCpu = false;
    std::string csv; ///< file or "-"
    /// Of a project; empty: as its project file says.
    std::string command;
    std::vector<std::string> packages;
    std::string projectFile; ///< empty: the one in its folder
};

struct MigrateOptions
{
    std::string file;
    VersionOptions versions;
    std::string out;
    bool isInPlace = false;
    bool wantsDiff = false;
    std::string patch;  ///< file
    std::string accept; ///< empty: "review", or "safe" with --in-place
    std::vector<std::string> only;
    std::vector<std::string> skip;
    std::string mode = "rules";
    std::string baseUrl; ///< of a language model
    std::string model;
    int keyDescriptor = -1;
    std::size_t k = 6;
    std::string bisection; ///< file
    bool wantsValidation = false;
    bool observes = false;    ///< run the old code to see types; always with validation
    bool repairs = false;     ///< a failing run brings in what was held back
    bool keepsSource = false; ///< the new code works in both versions
    RunOptions run;
    EmbeddingCommandOptions embedding;
    EngineCommandOptions engine;
    std::string json;
    std::string session;   ///< a folder of them, with a folder
    bool isForced = false; ///< --out overwrites what was edited by hand
};

struct CorpusBuildOptions
{
    std::string folder; ///< of Markdown release notes; empty: bring the catalogue up to date
    EmbeddingCommandOptions embedding;
};

struct CorpusPushOptions
{
    EngineCommandOptions engine;
    EmbeddingCommandOptions embedding;
    bool prunes = false;
    std::string json;
};

struct CorpusPullOptions
{
    EngineCommandOptions engine;
    EmbeddingCommandOptions embedding;
    std::string json;
};

struct RetrieveCommandOptions
{
    std::string file;
    std::string question;
    VersionOptions versions;
    std::size_t k = 6;
    bool isDenseOnly = false;
    std::string bisection; ///< file
    std::string why;
    EmbeddingCommandOptions embedding;
    EngineCommandOptions engine;
    std::string json;
};

struct EvaluateOptions
{
    EmbeddingsCommandOptions embeddings;
    std::vector<std::string> rankings{"hybrid", "dense", "words"};
    std::vector<std::size_t> depths{1, 2, 3, 5, 10, 15, 20, 50, 100};
    std::string set = "both"; ///< of the bundled ones
    std::string queries;      ///< own ones instead
    std::string qrels;
    std::string notes;     ///< folder of original notes
    double coverage = 0.9; ///< that the calibrated k is to promise
    std::string trec;      ///< folder for runs and judgements
    std::string json;
    std::string csv;
};

struct CorpusUpdateOptions
{
    std::string repository = "pytorch/pytorch";
    std::string api = "https://api.github.com";
    std::string proxy;
    std::string certificates;
    int keyDescriptor = -1;
    EmbeddingCommandOptions embedding;
};

struct CorpusImportOptions
{
    std::string path;
    std::string name;    ///< empty: the path
    std::string version; ///< of what names none itself
    double trust = 0.5;
    EmbeddingCommandOptions embedding;
};

struct ValidateCommandOptions
{
    std::string oldFile;
    std::string newFile;
    std::string cases;   ///< file or folder of many, instead
    std::string results; ///< where theirs are kept; empty: beside `cases`
    VersionOptions versions;
    RunOptions run;
    std::string json;
};

struct EmbedOptions
{
    std::string in;
    std::string out;
    EmbeddingCommandOptions embedding;
    bool isQuery = false;    ///< the texts are questions, not passages
    bool isUncached = false; ///< neither use nor fill the cache
    std::string json;
};

struct ModelsInstallOptions
{
    std::string name;
    std::string folder;     ///< taken from there instead of the hub
    std::string repository; ///< empty: as the registry says
    std::string hub;        ///< these three empty: as the settings say
    std::string proxy;
    std::string certificates;
    int keyDescriptor = -1;
};

[[nodiscard]] int runScan(const Context &context, const ScanOptions &options);
[[nodiscard]] int runMigrate(const Context &context, const MigrateOptions &options);
/// The same for every source below options.file: a word on each, and on what was left out.
[[nodiscard]] int migrateFolder(const Context &context, const MigrateOptions &options);
/// What breaks in every file below options.file.
[[nodiscard]] int scanFolder(const Context &context, const ScanOptions &options);
/// The life line of a symbol, and what the installed versions say of it.
[[nodiscard]] int runSymbol(const Context &context, const SymbolOptions &options);
[[nodiscard]] int runPrompt(const Context &context, const MigrateOptions &options);
[[nodiscard]] int runRetrieve(const Context &context, const RetrieveCommandOptions &options);
[[nodiscard]] int runEvaluateRetrieval(const Context &context, const EvaluateOptions &options);
[[nodiscard]] int runValidate(const Context &context, const ValidateCommandOptions &options);
/// Many cases, each kept as soon as it is done.
[[nodiscard]] int validateCases(const Context &context, const ValidateCommandOptions &options);
/// Two folders: the project's command in both versions, a verdict for each test.
[[nodiscard]] int validateFolders(const Context &context, const ValidateCommandOptions &options);
[[nodiscard]] int runCorpusBuild(const Context &context, const CorpusBuildOptions &options);
/// Fetches the notes of all releases.
[[nodiscard]] int runCorpusUpdate(const Context &context, const CorpusUpdateOptions &options);
/// Documentation, questions and answers, chunks of other programs.
[[nodiscard]] int runCorpusImport(const Context &context, const CorpusImportOptions &options);
/// The corpus and its vectors to a shared engine, and back.
[[nodiscard]] int runCorpusPush(const Context &context, const CorpusPushOptions &options);
[[nodiscard]] int runCorpusPull(const Context &context, const CorpusPullOptions &options);
[[nodiscard]] int runCorpusInfo(const Context &context, const std::string &json);
[[nodiscard]] int runEmbed(const Context &context, const EmbedOptions &options);
[[nodiscard]] int runModelsList(const Context &context, const std::string &json);
[[nodiscard]] int runModelsInstall(const Context &context, const ModelsInstallOptions &options);
[[nodiscard]] int runModelsRemove(const Context &context, const std::string &name);

} // namespace TorchLift::Cli
