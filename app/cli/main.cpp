#include <csignal>
#include <iostream>
#include <thread>

#include <CLI/CLI.hpp>
#include <QCoreApplication>
#include <unistd.h>

#include "base/logging.h"
#include "cli/command.h"
#include "cli/commands.h"

namespace TorchLift::Cli {

void addVersions(CLI::App *command, VersionOptions &versions)
{
    command->add_option("--from", versions.from, "Version the code was written for, or auto");
    command->add_option("--to", versions.to, "Version to migrate to");
}

void addJson(CLI::App *command, std::string &json)
{
    command->add_option("--json", json, "Write JSON to FILE, or to stdout")
        ->expected(0, 1)
        ->default_str("-")
        ->type_name("FILE");
}

void addRun(CLI::App *command, RunOptions &run)
{
    command->add_option("--data", run.data, "File or folder that the script may read")
        ->type_name("PATH");
    command->add_option("--timeout", run.timeoutSeconds, "Seconds for each run")
        ->check(CLI::Range(1, 86400));
    command->add_flag("--no-sandbox", run.isUnsandboxed,
                      "Run the code with your own rights. Only for code that you trust");
    command->add_flag("--trace", run.trace,
                      "Find the first line whose values differ (runs the code again, slower)");
    command->add_flag("--cuda-as-cpu", run.isCudaOnCpu,
                      "Give code that asks for CUDA the CPU, in both versions");
    command->add_option("--csv,--output", run.csv, "Write the results table to FILE, or to stdout")
        ->type_name("FILE|-");
    command
        ->add_option("--run", run.command,
                     "Of a folder: the command that runs its tests, like \"pytest -q\"")
        ->type_name("COMMAND");
    command
        ->add_option("--packages", run.packages,
                     "Of a folder: a folder of further Python packages (may be repeated)")
        ->type_name("FOLDER");
    command
        ->add_option("--project", run.projectFile,
                     "Of a folder: its project file, where it is not torchlift-project.yaml")
        ->type_name("FILE");
}

// Without an address the remembered one: that of the last push or pull.
void addEngine(CLI::App *command, EngineCommandOptions &options, const std::string &help)
{
    command
        ->add_option("--engine", options.address,
                     help
                         + ": qdrant://HOST:PORT/COLLECTION or milvus://..., "
                           "over TLS qdrant+https://...")
        ->expected(0, 1)
        ->type_name("ADDRESS");
    command->add_option("--engine-key-fd", options.keyDescriptor,
                        "Read the engine's key from descriptor N; else TORCHLIFT_ENGINE_KEY");
    command->add_option("--proxy", options.proxy, "http://HOST:PORT or socks5://HOST:PORT");
    command->add_option("--certificates", options.certificates,
                        "PEM file of authorities to trust besides the system's");
}

} // namespace TorchLift::Cli

namespace {

using namespace TorchLift;
using namespace TorchLift::Cli;

// Turns SIGINT and SIGTERM into a stop request; a second one ends the program at once. Must be
// made before any other thread, so that all of them leave these signals to this one.
class SignalWatch
{
public:
    SignalWatch()
    {
        sigemptyset(&m_signals);
        sigaddset(&m_signals, SIGINT);
        sigaddset(&m_signals, SIGTERM);
        pthread_sigmask(SIG_BLOCK, &m_signals, nullptr);
        std::signal(SIGPIPE, SIG_IGN);
        std::thread([this] {
            int signal = 0;
            sigwait(&m_signals, &signal);
            m_source.request_stop();
            sigwait(&m_signals, &signal);
            ::_exit(Interrupted);
        }).detach();
    }

    [[nodiscard]] std::stop_token token() const { return m_source.get_token(); }

private:
    sigset_t m_signals{};
    std::stop_source m_source;
};

constexpr const char *kAskEngine = "Ask this shared engine for what is near";
constexpr const char *kFindWith = "Find what is near with this model";
constexpr const char *kEmbedAtOnce = "Embed what is new with this model at once, not at first need";

CLI::App *addMigrate(CLI::App &app, MigrateOptions &options)
{
    CLI::App *command =
        app.add_subcommand("migrate", "Migrate a script; the new code goes to stdout");
    command->add_option("file", options.file, "File, notebook or folder, or - for stdin")
        ->required();
    addVersions(command, options.versions);
    CLI::Option *out =
        command->add_option("--out", options.out, "Write the new code here (a folder: below here)");
    CLI::Option *inPlace = command->add_flag("--in-place", options.isInPlace,
                                             "Replace FILE (the old code is kept as FILE.orig)");
    CLI::Option *diff = command->add_flag("--diff", options.wantsDiff, "Print the difference");
    out->excludes(inPlace)->excludes(diff);
    inPlace->excludes(diff);
    command->add_option("--patch", options.patch, "Write the difference to FILE");
    command->add_option("--accept", options.accept, "Which edits are applied")
        ->check(CLI::IsMember({"safe", "review", "all"}));
    command->add_option("--only", options.only, "Only this rule (may be repeated)");
    command->add_option("--skip", options.skip, "Without this rule (may be repeated)");
    command->add_option("--mode", options.mode, "Who writes the new code")
        ->check(CLI::IsMember({"rules", "llm"}));
    CLI::Option *url = command->add_option("--base-url", options.baseUrl,
                                           "OpenAI-compatible service, for --mode llm");
    command->add_option("--model", options.model, "The model's name, for --mode llm")->needs(url);
    command->add_option("--key-fd", options.keyDescriptor,
                        "Read the service's key from descriptor N");
    command->add_option("--k", options.k, "Release notes to retrieve")->check(CLI::Range(1, 100));
    addBisection(command, options.bisection);
    command->add_flag("--validate", options.wantsValidation,
                      "Run old and new code in both versions");
    command->add_flag("--observe", options.observes,
                      "Run the old code to see the types that reading does not tell; part of "
                      "--validate");
    CLI::Option *repair = command->add_flag(
        "--repair", options.repairs,
        "While the new code fails, try changes held back by --accept where the error points");
    repair->needs(command->get_option("--validate"));
    command->add_flag("--both", options.keepsSource,
                      "Only changes after which the code works in both versions");
    addRun(command, options.run);
    addEmbedding(command, options.embedding,
                 "Find the release notes with this model, for --mode llm, --json and --session");
    addEngine(command, options.engine, kAskEngine);
    addJson(command, options.json);
    command->add_option("--session", options.session,
                        "Save everything to FILE.torchlift (a folder: below here); edits made by "
                        "hand since an earlier migration are kept");
    command->add_flag("--force", options.isForced,
                      "Overwrite what --out and --session name, edits made by hand included");
    return command;
}

void addValidate(CLI::App *command, ValidateCommandOptions &options)
{
    CLI::Option *oldCode =
        command->add_option("old", options.oldFile, "Old code: a file or folder");
    CLI::Option *newCode =
        command->add_option("new", options.newFile, "New code: a file or folder");
    CLI::Option *cases =
        command
            ->add_option("--cases", options.cases,
                         "Many cases instead: .json, .jsonl or .csv with name, old and new (code "
                         "or paths), or a folder of NAME/old.py and NAME/new.py; started again it "
                         "goes on where it ended")
            ->type_name("FILE");
    cases->excludes(oldCode)->excludes(newCode);
    command
        ->add_option("--results", options.results,
                     "Where results of --cases are kept as they come (else beside them)")
        ->type_name("FILE.jsonl")
        ->needs(cases);
    addVersions(command, options.versions);
    addRun(command, options.run);
    addJson(command, options.json);
}

CLI::App *addEmbed(CLI::App &app, EmbedOptions &options)
{
    CLI::App *command = app.add_subcommand("embed", "Turn texts into vectors");
    command->add_option("--in", options.in, "One JSON string, or object with a \"text\", a line")
        ->required()
        ->type_name("TEXTS.jsonl");
    command->add_option("--out", options.out, "NumPy array of 32-bit floats, a row for each text")
        ->required()
        ->type_name("VECTORS.npy");
    addEmbedding(command, options.embedding, "Embed with this model");
    command->add_flag("--query", options.isQuery, "The texts are questions, not passages");
    command->add_flag("--no-cache", options.isUncached, "Embed even what was embedded before");
    addJson(command, options.json);
    return command;
}

struct ModelsCommands
{
    CLI::App *list = nullptr;
    CLI::App *install = nullptr;
    CLI::App *remove = nullptr;
};

ModelsCommands addModels(CLI::App &app, ModelsInstallOptions &options, std::string &json)
{
    CLI::App *command = app.add_subcommand("models", "Embedding models");
    command->require_subcommand(1);
    ModelsCommands models;
    models.list = command->add_subcommand("list", "Those known and those installed");
    addJson(models.list, json);
    models.install = command->add_subcommand("install", "Get a model, or take it from a folder");
    models.install->add_option("name", options.name, "Name of the list, or one of your own")
        ->required();
    CLI::Option *folder = models.install->add_option("--folder", options.folder,
                                                     "Take it from this model folder, no network");
    models.install->add_option("--repository", options.repository, "OWNER/NAME on the hub")
        ->excludes(folder);
    models.install
        ->add_option(
            "--hub", options.hub,
            "Address of the hub, or of a mirror; else as network.json of the settings says")
        ->envname("TORCHLIFT_HUB");
    models.install->add_option("--proxy", options.proxy, "http://HOST:PORT or socks5://HOST:PORT");
    models.install->add_option("--certificates", options.certificates,
                               "PEM file of authorities to trust besides the system's");
    models.install->add_option("--key-fd", options.keyDescriptor,
                               "Read the hub's key from descriptor N");
    models.remove = command->add_subcommand("remove", "Delete an installed model");
    models.remove->add_option("name", options.name)->required();
    return models;
}

CLI::App *addCorpusUpdate(CLI::App &corpus, CorpusUpdateOptions &options)
{
    CLI::App *command =
        corpus.add_subcommand("update", "Fetch the notes of all releases from GitHub");
    command->add_option("--repository", options.repository, "OWNER/NAME");
    command->add_option("--api", options.api, "Address of the releases API, or of a mirror");
    command->add_option("--proxy", options.proxy, "http://HOST:PORT or socks5://HOST:PORT");
    command->add_option("--certificates", options.certificates,
                        "PEM file of authorities to trust besides the system's");
    command->add_option("--key-fd", options.keyDescriptor, "Read a token from descriptor N");
    addEmbedding(command, options.embedding, kEmbedAtOnce);
    return command;
}

CLI::App *addCorpusImport(CLI::App &corpus, CorpusImportOptions &options)
{
    CLI::App *command = corpus.add_subcommand(
        "import", "Import documentation or questions and answers (.md, .html, .jsonl)");
    command->add_option("path", options.path, "File or folder")->required();
    command->add_option("--name", options.name, "Name of the source; an earlier one is replaced");
    command->add_option("--torch-version", options.version, "Of what names no release itself");
    command->add_option("--trust", options.trust, "Weighs its rank; release notes have 1")
        ->check(CLI::Range(0.0, 1.0));
    addEmbedding(command, options.embedding, kEmbedAtOnce);
    return command;
}

CLI::App *addCorpusPush(CLI::App &corpus, CorpusPushOptions &options)
{
    CLI::App *command =
        corpus.add_subcommand("push", "Bring it with its vectors to an engine that many share");
    addEngine(command, options.engine, "Where to; remembered");
    addEmbedding(command, options.embedding, "Whose vectors go along");
    command->add_flag("--prune", options.prunes,
                      "Remove there what its sources have no longer here");
    addJson(command, options.json);
    return command;
}

CLI::App *addCorpusPull(CLI::App &corpus, CorpusPullOptions &options)
{
    CLI::App *command =
        corpus.add_subcommand("pull", "Add what a shared engine holds; nothing here is lost");
    addEngine(command, options.engine, "Where from; remembered");
    addEmbedding(command, options.embedding, "Whose vectors come along");
    addJson(command, options.json);
    return command;
}

CLI::App *addEvaluateRetrieval(CLI::App &app, EvaluateOptions &options)
{
    CLI::App *evaluate = app.add_subcommand("evaluate", "How good it is, on judged examples");
    evaluate->require_subcommand(1);
    CLI::App *command = evaluate->add_subcommand(
        "retrieval", "Measures of retrieval over k, with tests and intervals");
    addEmbeddings(command, options.embeddings);
    command->add_option("--ranking", options.rankings, "hybrid, dense, words (without a model)")
        ->delimiter(',')
        ->check(CLI::IsMember({"hybrid", "dense", "words"}));
    command->add_option("--k", options.depths, "Depths, parted by commas")
        ->delimiter(',')
        ->check(CLI::Range(1, 1000));
    CLI::Option *set = command->add_option("--set", options.set, "Bundled judgements")
                           ->check(CLI::IsMember({"rules", "handmade", "both"}));
    CLI::Option *queries = command->add_option("--queries", options.queries,
                                               "Own queries: JSONL, or ID, tab and text a line");
    CLI::Option *qrels =
        command->add_option("--qrels", options.qrels, "Own judgements, in TREC's format");
    queries->needs(qrels)->excludes(set);
    qrels->needs(queries);
    command->add_option("--notes", options.notes,
                        "Folder of original release notes: distractors, and measured alone");
    command->add_option("--coverage", options.coverage, "What the calibrated k is to promise")
        ->check(CLI::Range(0.5, 0.99));
    command->add_option("--trec", options.trec, "Write runs and judgements to FOLDER");
    command->add_option("--csv", options.csv, "Write the measures to FILE, or to stdout")
        ->type_name("FILE|-");
    addJson(command, options.json);
    return command;
}

int runCommandLine(int argc, char **argv, const Context &base)
{
    Context context = base;
    CLI::App app{"Moves PyTorch 1.0 code to PyTorch 2.7 and proves the result.", "torchlift-cli"};
    app.require_subcommand(1);
    app.set_version_flag("--version", TORCHLIFT_VERSION);
    app.add_option("--lang", context.language, "Language of the reasons")
        ->check(CLI::IsMember({"en", "ru"}));
    bool isVerbose = false;
    app.add_flag("--verbose", isVerbose, "Log more, to stderr");
    app.fallthrough();

    ScanOptions scan;
    CLI::App *scanCommand =
        app.add_subcommand("scan", "Say what breaks; nothing is run or changed");
    scanCommand->add_option("file", scan.file, "File or folder, or - for stdin")->required();
    addVersions(scanCommand, scan.versions);
    addJson(scanCommand, scan.json);

    CLI::App *symbolCommand = app.add_subcommand("symbol", "The life line of a symbol");
    SymbolOptions symbol;
    symbolCommand->add_option("name", symbol.name, "Qualified name, like torch.gesv")->required();
    addJson(symbolCommand, symbol.json);

    MigrateOptions migrate;
    CLI::App *migrateCommand = addMigrate(app, migrate);

    RetrieveCommandOptions retrieve;
    CLI::App *retrieveCommand =
        app.add_subcommand("retrieve", "Show the release notes that matter");
    CLI::Option *file = retrieveCommand->add_option("file", retrieve.file, "Python file, or -");
    CLI::Option *question =
        retrieveCommand->add_option("--query", retrieve.question, "A question instead of code");
    file->excludes(question);
    retrieveCommand->add_option("--k", retrieve.k, "How many")->check(CLI::Range(1, 100));
    retrieveCommand->add_flag("--dense-only", retrieve.isDenseOnly,
                              "Rank by the embedding of the whole text alone");
    addBisection(retrieveCommand, retrieve.bisection);
    retrieveCommand->add_option("--why", retrieve.why, "Say why CHUNK is or is not among them");
    addVersions(retrieveCommand, retrieve.versions);
    addEmbedding(retrieveCommand, retrieve.embedding, kFindWith);
    addEngine(retrieveCommand, retrieve.engine, kAskEngine);
    addJson(retrieveCommand, retrieve.json);

    ValidateCommandOptions validate;
    CLI::App *validateCommand =
        app.add_subcommand("validate", "Run old and new code in both versions and compare");
    addValidate(validateCommand, validate);

    EvaluateOptions evaluate;
    CLI::App *evaluateRetrieval = addEvaluateRetrieval(app, evaluate);

    MigrateOptions prompt;
    CLI::App *promptCommand =
        app.add_subcommand("prompt", "Print the prompt that a language model would get");
    promptCommand->add_option("file", prompt.file, "Python file, or -")->required();
    promptCommand->add_option("--k", prompt.k, "Release notes to retrieve")
        ->check(CLI::Range(1, 100));
    addBisection(promptCommand, prompt.bisection);
    addVersions(promptCommand, prompt.versions);
    addEmbedding(promptCommand, prompt.embedding, kFindWith);
    addEngine(promptCommand, prompt.engine, kAskEngine);

    CLI::App *corpusCommand = app.add_subcommand("corpus", "The release notes that are searched");
    corpusCommand->require_subcommand(1);
    CorpusBuildOptions build;
    CLI::App *corpusBuild =
        corpusCommand->add_subcommand("build", "Import a folder of Markdown release notes");
    corpusBuild->add_option("folder", build.folder,
                            "Without it, only our own catalogue is brought in");
    addEmbedding(corpusBuild, build.embedding, kEmbedAtOnce);
    CLI::App *corpusInfo = corpusCommand->add_subcommand("info", "What it holds");
    std::string corpusJson;
    addJson(corpusInfo, corpusJson);
    CorpusUpdateOptions update;
    CLI::App *corpusUpdate = addCorpusUpdate(*corpusCommand, update);
    CorpusImportOptions import;
    CLI::App *corpusImport = addCorpusImport(*corpusCommand, import);
    CorpusPushOptions push;
    CLI::App *corpusPush = addCorpusPush(*corpusCommand, push);
    CorpusPullOptions pull;
    CLI::App *corpusPull = addCorpusPull(*corpusCommand, pull);

    EmbedOptions embed;
    CLI::App *embedCommand = addEmbed(app, embed);
    ModelsInstallOptions install;
    std::string modelsJson;
    const ModelsCommands models = addModels(app, install, modelsJson);

    std::vector<Command> commands = addEnvironments(app);
    commands.push_back(addBisect(app));
    commands.push_back(addCheckpoint(app));
    commands.push_back(addReport(app));
    commands.push_back(addAsk(app));

    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError &error) {
        return app.exit(error) == 0 ? Done : BadUsage;
    }
    retrieve.engine.isAsked = retrieveCommand->count("--engine") > 0;
    migrate.engine.isAsked = migrateCommand->count("--engine") > 0;
    prompt.engine.isAsked = promptCommand->count("--engine") > 0;
    if (migrate.mode == "llm" && migrate.baseUrl.empty()) {
        std::cerr << "torchlift-cli: --mode llm needs --base-url and --model\n";
        return BadUsage;
    }
    if (retrieveCommand->parsed() && retrieve.file.empty() && retrieve.question.empty()) {
        std::cerr << "torchlift-cli: retrieve needs a file or --query TEXT\n";
        return BadUsage;
    }
    if (validateCommand->parsed() && validate.cases.empty()
        && (validate.oldFile.empty() || validate.newFile.empty())) {
        std::cerr << "torchlift-cli: validate needs OLD and NEW, or --cases FILE\n";
        return BadUsage;
    }
    if (auto configured = Log::configure(isVerbose ? Log::Level::Debug : Log::Level::Warning, {});
        !configured) {
        std::cerr << "torchlift-cli: " << configured.error().detail << '\n';
    }
    for (const Command &command : commands) {
        if (command.app->parsed()) {
            return command.run(context);
        }
    }
    return scanCommand->parsed()         ? runScan(context, scan)
           : symbolCommand->parsed()     ? runSymbol(context, symbol)
           : migrateCommand->parsed()    ? runMigrate(context, migrate)
           : retrieveCommand->parsed()   ? runRetrieve(context, retrieve)
           : validateCommand->parsed()   ? runValidate(context, validate)
           : evaluateRetrieval->parsed() ? runEvaluateRetrieval(context, evaluate)
           : promptCommand->parsed()     ? runPrompt(context, prompt)
           : corpusBuild->parsed()       ? runCorpusBuild(context, build)
           : embedCommand->parsed()      ? runEmbed(context, embed)
           : models.list->parsed()       ? runModelsList(context, modelsJson)
           : models.install->parsed()    ? runModelsInstall(context, install)
           : models.remove->parsed()     ? runModelsRemove(context, install.name)
           : corpusInfo->parsed()        ? runCorpusInfo(context, corpusJson)
           : corpusUpdate->parsed()      ? runCorpusUpdate(context, update)
           : corpusImport->parsed()      ? runCorpusImport(context, import)
           : corpusPush->parsed()        ? runCorpusPush(context, push)
           : corpusPull->parsed()        ? runCorpusPull(context, pull)
                                         : BadUsage;
}

} // namespace

int main(int argc, char **argv)
{
    const SignalWatch signals;
    const QCoreApplication application(argc, argv); // Qt's SQL and network need one
    try {
        return runCommandLine(argc, argv, {Paths::standard(), signals.token()});
    } catch (const std::exception &exception) {
        std::cerr << "torchlift-cli: our own mistake: " << exception.what() << '\n';
        return OwnError;
    }
}
