#include <iostream>
#include <memory>
#include <optional>
#include <sstream>

#include <unistd.h>

#include "cli/command.h"
#include "cli/input.h"
#include "cli/output.h"
#include "report/json.h"

namespace TorchLift::Cli {

namespace {

struct AskOptions
{
    std::string question;
    VersionOptions versions;
    std::size_t k = 6;
    std::string bisection; // file
    EmbeddingCommandOptions embedding;
    EngineCommandOptions engine;
    std::string baseUrl;
    std::string model;
    int keyDescriptor = -1;
    std::string json;
};

constexpr const char *kNoModel =
    "the chunks above are what was found. For an answer name a service: --base-url "
    "http://127.0.0.1:8080/v1 --model NAME (llama-server, Ollama or any other that speaks "
    "OpenAI's protocol)";

void warnOf(std::ostream &out, const char *what, const std::vector<std::string> &found)
{
    if (!found.empty()) {
        out << "Warning: " << what << ": " << joined(found, ", ") << '\n';
    }
}

std::string describeAnswer(const QuestionAnswer &answer, const Retrieval &retrieval)
{
    std::ostringstream out;
    out << printable(answer.text) << "\n\n";
    for (const std::size_t number : answer.citations.cited) {
        const Chunk &chunk = retrieval.ranked[number - 1].chunk;
        out << '[' << number << "] " << chunk.chunkId << "  " << chunk.section << "  "
            << (chunk.isOriginal ? "original" : "summary") << '\n'
            << chunk.text << "\n\n";
    }
    if (answer.citations.cited.empty()) {
        out << "Warning: the answer names no note that it rests on\n";
    }
    warnOf(out, "no note has what it cites", answer.citations.invented);
    warnOf(out, "neither a note nor a release has these names", answer.citations.unknown);
    if (answer.isCutOff) {
        out << "Warning: the answer was cut off\n";
    }
    if (isWeak(retrieval)) {
        out << "Warning: even the best of the notes is a weak match\n";
    }
    return out.str();
}

class Asking
{
public:
    Asking(const Context &context, const AskOptions &options)
        : m_context(context)
        , m_options(options)
    {}

    int run()
    {
        if (auto found = retrieve(); !found) {
            return report(found.error());
        }
        if (m_options.baseUrl.empty()) {
            return withoutAnswer(
                {Errc::MissingPart, "no language model is named", m_options.question, kNoModel});
        }
        if (auto asked = ask(); !asked) {
            return withoutAnswer(asked.error());
        }
        if (auto written = writeJson(); !written) {
            return report(written.error());
        }
        if (m_options.json != "-") {
            std::cout << describeAnswer(*m_answer, m_retrieval) << std::flush;
        }
        return Done;
    }

private:
    Result<void> retrieve()
    {
        const auto versions = migrationOptions(m_options.versions, {});
        if (!versions) {
            return tl::unexpected(versions.error());
        }
        m_how.k = m_options.k;
        m_how.isQuestion = true;
        m_how.from = versions->from.value_or(m_how.from);
        m_how.to = versions->to;
        auto bisection = readBisection(m_options.bisection);
        if (!bisection) {
            return tl::unexpected(bisection.error());
        }
        m_how.bisection = std::move(*bisection);
        auto pipeline = Pipeline::open(m_context.paths);
        if (!pipeline) {
            return tl::unexpected(pipeline.error());
        }
        m_pipeline = std::move(*pipeline);
        if (auto used = useEmbedding(*m_pipeline, m_options.embedding); !used) {
            return used;
        }
        if (auto used = useEngine(m_context, *m_pipeline, m_options.engine); !used) {
            return used;
        }
        auto found = m_pipeline->retrieve(m_options.question, nullptr, m_how, terminalProgress(),
                                          m_context.stop);
        if (!found) {
            return tl::unexpected(found.error());
        }
        m_retrieval = std::move(*found);
        return {};
    }

    Result<void> ask()
    {
        const auto profile =
            chatProfile(m_options.baseUrl, m_options.model, m_options.keyDescriptor);
        if (!profile) {
            return tl::unexpected(profile.error());
        }
        auto prompt =
            m_pipeline->questionPrompt(m_options.question, m_retrieval, m_how, m_context.language);
        if (!prompt) {
            return tl::unexpected(prompt.error());
        }
        // Someone who waits sees it come; the result is what was checked.
        const bool isShown = isatty(STDERR_FILENO) != 0;
        const auto show = [isShown](std::string_view text) {
            if (isShown) {
                std::cerr << printable(text) << std::flush;
            }
        };
        auto answer =
            m_pipeline->ask(*profile, std::move(*prompt), m_retrieval, show, m_context.stop);
        if (!answer) {
            return tl::unexpected(answer.error());
        }
        if (isShown) {
            std::cerr << "\n\n";
        }
        m_answer = std::move(*answer);
        return {};
    }

    // What was found is worth something without an answer.
    int withoutAnswer(const Error &error)
    {
        if (auto written = writeJson(); !written) {
            return report(written.error());
        }
        if (m_options.json != "-") {
            std::cout << describeRetrieval(m_retrieval) << '\n' << std::flush;
        }
        return report(error);
    }

    [[nodiscard]] Result<void> writeJson() const
    {
        AnswerReport answer;
        answer.question = m_options.question;
        answer.retrieval = &m_retrieval;
        if (m_answer) {
            answer.text = &m_answer->text;
            answer.citations = &m_answer->citations;
            answer.isCutOff = m_answer->isCutOff;
        }
        return writeResults({{m_options.json, answerToJson(answer)}});
    }

    const Context &m_context;
    const AskOptions &m_options;
    RetrieveOptions m_how;
    std::unique_ptr<Pipeline> m_pipeline;
    Retrieval m_retrieval;
    std::optional<QuestionAnswer> m_answer;
};

} // namespace

Command addAsk(CLI::App &app)
{
    auto options = std::make_shared<AskOptions>();
    CLI::App *command = app.add_subcommand("ask", "An answer with citations, by a language model");
    command->add_option("question", options->question, "What to ask")->required();
    command->add_option("--k", options->k, "Release notes to retrieve")->check(CLI::Range(1, 100));
    CLI::Option *url = command->add_option("--base-url", options->baseUrl,
                                           "OpenAI-compatible service; without it, only the notes");
    command->add_option("--model", options->model, "The model's name")->needs(url);
    command->add_option("--key-fd", options->keyDescriptor,
                        "Read the service's key from descriptor N");
    addBisection(command, options->bisection);
    addVersions(command, options->versions);
    addEmbedding(command, options->embedding, "Find what is near with this model");
    addEngine(command, options->engine, "Ask this shared engine for what is near");
    addJson(command, options->json);
    return {command, [options, command](const Context &context) {
                options->engine.isAsked = command->count("--engine") > 0;
                return Asking(context, *options).run();
            }};
}

} // namespace TorchLift::Cli
