#include "validation/workerprotocol.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cstring>
#include <limits>
#include <set>

#include <nlohmann/json.hpp>
#include <sys/random.h>

#include "base/text.h"
#include "validation/sandbox.h"

namespace TorchLift {

namespace {

using Json = nlohmann::json;

constexpr std::size_t kHeaderBytes = 9; // a letter and the length, little endian
constexpr std::size_t kMaxFrameBytes = 64U * 1024U * 1024U;
constexpr std::size_t kMaxValues = 100'000;
constexpr std::size_t kMaxLines = 1'000'000;
constexpr std::size_t kMaxWords = 16; // of one site that was watched
constexpr std::size_t kMaxTests = 100'000;
constexpr std::size_t kMaxFiles = 10'000;

std::string frame(char kind, std::string_view payload)
{
    std::string bytes(1, kind);
    for (std::size_t shift = 0; shift < 64; shift += 8) {
        bytes += static_cast<char>((payload.size() >> shift) & 0xFFU);
    }
    bytes += payload;
    return bytes;
}

std::string makeNonce()
{
    unsigned char random[16] = {};
    std::size_t filled = 0;
    while (filled < sizeof random) {
        const ssize_t count = ::getrandom(random + filled, sizeof random - filled, 0);
        filled += count > 0 ? static_cast<std::size_t>(count) : 0;
    }
    std::string nonce;
    for (const unsigned char byte : random) {
        nonce += "0123456789abcdef"[byte >> 4U];
        nonce += "0123456789abcdef"[byte & 15U];
    }
    return nonce;
}

int sextet(char letter) noexcept
{
    constexpr std::string_view alphabet =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const std::size_t at = alphabet.find(letter);
    return at == std::string_view::npos ? -1 : static_cast<int>(at);
}

// Little-endian doubles in base64; whatever is not that ends the list.
std::vector<double> decodeDoubles(const std::string &text)
{
    std::vector<double> values;
    std::uint64_t bits = 0;
    unsigned bitCount = 0;
    std::uint64_t pending = 0;
    unsigned pendingBytes = 0;
    for (const char letter : text) {
        const int value = sextet(letter);
        if (value < 0 || values.size() == kMaxValues) {
            break;
        }
        bits = (bits << 6U) | static_cast<unsigned>(value);
        bitCount += 6;
        if (bitCount >= 8) {
            bitCount -= 8;
            pending |= ((bits >> bitCount) & 0xFFU) << (8 * pendingBytes);
            if (++pendingBytes == 8) {
                values.push_back(std::bit_cast<double>(pending));
                pending = 0;
                pendingBytes = 0;
            }
        }
    }
    return values;
}

// Reads of a JSON object that give a default for anything missing or of another type.
std::string textOf(const Json &object, const char *key)
{
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? toValidUtf8(found->get<std::string>())
                                                       : std::string();
}

template <typename Integer>
Integer integerOf(const Json &object, const char *key)
{
    const auto found = object.find(key);
    if (found == object.end() || !found->is_number_integer()) {
        return 0;
    }
    const auto value = found->get<std::int64_t>();
    return static_cast<Integer>(std::clamp<std::int64_t>(value, std::numeric_limits<Integer>::min(),
                                                         std::numeric_limits<Integer>::max()));
}

bool flagOf(const Json &object, const char *key)
{
    const auto found = object.find(key);
    return found != object.end() && found->is_boolean() && found->get<bool>();
}

std::vector<int> linesOf(const Json &object, const char *key)
{
    std::vector<int> lines;
    const auto found = object.find(key);
    if (found != object.end() && found->is_array()) {
        for (const Json &line : *found) {
            if (line.is_number_integer() && lines.size() < kMaxLines) {
                lines.push_back(line.get<int>());
            }
        }
    }
    return lines;
}

Variable parseVariable(const Json &object)
{
    Variable variable;
    variable.type = textOf(object, "type");
    variable.dtype = textOf(object, "dtype");
    variable.device = textOf(object, "device");
    if (const auto shape = object.find("shape"); shape != object.end() && shape->is_array()) {
        for (const Json &size : *shape) {
            variable.shape.push_back(size.is_number_integer() ? size.get<long long>() : 0);
        }
    }
    variable.requiresGrad = flagOf(object, "requiresGrad");
    variable.isComparable = flagOf(object, "comparable");
    variable.values = decodeDoubles(textOf(object, "values"));
    variable.text = textOf(object, "text");
    variable.digest = textOf(object, "digest");
    variable.statistics = decodeDoubles(textOf(object, "statistics"));
    return variable;
}

std::pair<std::string, std::string> drawnOf(const Json &event)
{
    const auto found = event.find("random");
    if (found == event.end() || !found->is_array() || found->size() != 2 || !(*found)[0].is_string()
        || !(*found)[1].is_string()) {
        return {};
    }
    return {toValidUtf8((*found)[0].get<std::string>()),
            toValidUtf8((*found)[1].get<std::string>())};
}

void parseConditions(const Json &report, Run &run)
{
    run.randomState = textOf(report, "random");
    if (const auto found = report.find("conditions"); found != report.end() && found->is_object()) {
        run.conditions.threads = integerOf<int>(*found, "threads");
        run.conditions.deterministicAlgorithms = flagOf(*found, "deterministicAlgorithms");
        run.conditions.deterministicCudnn = flagOf(*found, "deterministicCudnn");
    }
}

void parseSeen(const Json &report, Run &run)
{
    const auto found = report.find("observed");
    if (found == report.end() || !found->is_object()) {
        return;
    }
    for (const auto &[site, words] : found->items()) {
        int number = -1;
        const auto read = std::from_chars(site.data(), site.data() + site.size(), number);
        if (read.ptr != site.data() + site.size() || number < 0 || !words.is_array()
            || words.size() > kMaxWords || run.observed.size() >= kMaxLines) {
            continue;
        }
        for (const Json &word : words) {
            if (word.is_string()) {
                run.observed[number].push_back(toValidUtf8(word.get<std::string>()));
            }
        }
    }
}

void parseVariables(const Json &report, Run &run)
{
    if (const auto found = report.find("variables"); found != report.end() && found->is_object()) {
        for (const auto &[name, value] : found->items()) {
            run.variables.emplace(toValidUtf8(name), parseVariable(value));
        }
    }
}

void parseError(const Json &report, Run &run)
{
    if (const auto error = report.find("error"); error != report.end() && error->is_object()) {
        run.outcome = Outcome::Exception;
        run.errorType = textOf(*error, "type");
        run.errorMessage = textOf(*error, "message");
        run.errorLine = integerOf<int>(*error, "line");
    }
}

// Of a test each file has a list of what ran, of the command also what could.
void parseFiles(const Json &record, Run &run)
{
    const auto found = record.find("lines");
    if (found == record.end() || !found->is_object()) {
        return;
    }
    for (const auto &[path, lines] : found->items()) {
        if (run.files.size() == kMaxFiles) {
            break;
        }
        run.files[toValidUtf8(path)] =
            lines.is_object() ? FileLines{linesOf(lines, "executable"), linesOf(lines, "executed")}
                              : FileLines{{}, linesOf(*found, path.c_str())};
    }
}

TestRun parseTest(const Json &record)
{
    TestRun test;
    test.id = textOf(record, "id");
    if (test.id.empty()) {
        test.isGroup = true;
        test.id = textOf(record, "group");
    }
    const std::string outcome = textOf(record, "outcome");
    Run &run = test.run;
    run.output = textOf(record, "output");
    run.errorOutput = textOf(record, "errorOutput");
    parseVariables(record, run);
    parseFiles(record, run);
    if (const auto seconds = record.find("seconds");
        seconds != record.end() && seconds->is_number()) {
        constexpr double msPerSecond = 1000;
        run.wallMs = seconds->get<double>() * msPerSecond;
    }
    if (outcome == "passed") {
        test.status = TestStatus::Passed;
        run.outcome = Outcome::Ok;
    } else if (outcome == "skipped") {
        test.status = TestStatus::Skipped;
        run.outcome = Outcome::Exit; // before its end, by its own will
        run.errorOutput = "skipped: " + textOf(record, "reason");
    } else {
        test.status = TestStatus::Failed;
        run.outcome = Outcome::Exception;
        parseError(record, run);
    }
    return test;
}

// Those that ended, in that order. One that began and never ended took its process with it.
void parseTests(const Json &report, Run &run)
{
    const auto found = report.find("tests");
    if (found == report.end() || !found->is_array()) {
        return;
    }
    std::set<std::string> open;
    for (const Json &record : *found) {
        if (!record.is_object() || run.tests.size() >= kMaxTests) {
            continue;
        }
        if (std::string started = textOf(record, "started"); !started.empty()) {
            open.insert(std::move(started));
            continue;
        }
        TestRun test = parseTest(record);
        open.erase(test.id);
        if (!test.id.empty()) {
            run.tests.push_back(std::move(test));
        }
    }
    for (const std::string &id : open) {
        TestRun test;
        test.id = id;
        test.status = TestStatus::Failed;
        test.run.outcome = Outcome::Incomplete;
        run.tests.push_back(std::move(test));
    }
    if (const auto missing = report.find("missing");
        missing != report.end() && missing->is_array()) {
        for (const Json &name : *missing) {
            if (name.is_string() && run.missingPackages.size() < kMaxWords) {
                run.missingPackages.push_back(toValidUtf8(name.get<std::string>()));
            }
        }
    }
    run.peakMemoryBytes = integerOf<std::int64_t>(report, "peakBytes");
}

void parseRestored(const Json &report, Run &run)
{
    const auto found = report.find("restored");
    if (found == report.end() || !found->is_array() || found->size() > kMaxWords) {
        return;
    }
    for (const Json &slug : *found) {
        if (slug.is_string()) {
            run.restored.push_back(toValidUtf8(slug.get<std::string>()));
        }
    }
}

void parseObservations(const Json &report, Run &run)
{
    if (const auto found = report.find("warnings"); found != report.end() && found->is_array()) {
        for (const Json &warning : *found) {
            run.warnings.push_back(
                {textOf(warning, "category"), textOf(warning, "message"),
                 integerOf<int>(warning, "line"),
                 static_cast<std::size_t>(std::max(0, integerOf<int>(warning, "event")))});
        }
    }
    parseRestored(report, run);
    if (const auto found = report.find("trace"); found != report.end() && found->is_array()) {
        for (const Json &event : *found) {
            if (const auto value = event.find("value");
                value != event.end() && value->is_object() && run.trace.size() < kMaxLines) {
                const auto [before, after] = drawnOf(event);
                run.trace.push_back({integerOf<int>(event, "line"), integerOf<int>(event, "visit"),
                                     textOf(event, "name"), parseVariable(*value), before, after});
            }
        }
    }
    parseVariables(report, run);
}

} // namespace

void FrameReader::append(std::string_view bytes)
{
    m_buffer += bytes;
}

std::optional<Frame> FrameReader::next()
{
    if (m_isBroken || m_buffer.size() < kHeaderBytes) {
        return std::nullopt;
    }
    std::uint64_t size = 0;
    for (std::size_t i = 0; i < 8; ++i) {
        size |= std::uint64_t{static_cast<unsigned char>(m_buffer[i + 1])} << (8 * i);
    }
    if (size > kMaxFrameBytes) {
        m_isBroken = true;
        return std::nullopt;
    }
    if (m_buffer.size() < kHeaderBytes + size) {
        return std::nullopt;
    }
    Frame next{m_buffer[0], m_buffer.substr(kHeaderBytes, size)};
    m_buffer.erase(0, kHeaderBytes + size);
    return next;
}

std::string setupFrame(const RunLimits &limits, const std::vector<std::string> &preload,
                       bool repeats)
{
    constexpr std::int64_t stackBytes = 8 * 1024 * 1024;
    constexpr int openFiles = 1024;
    const Json setup = {{"preload", preload},
                        {"repeats", repeats},
                        {"limits",
                         {{"CORE", 0},
                          {"FSIZE", limits.diskBytes},
                          {"NPROC", limits.processes},
                          {"NOFILE", openFiles},
                          {"STACK", stackBytes}}}};
    return frame('S', setup.dump());
}

std::string jobFrames(const RunRequest &request)
{
    Json job = {{"nonce", makeNonce()},
                {"fileName", request.fileName},
                {"seed", request.seed},
                {"trace", request.trace},
                {"cudaAsCpu", request.isCudaOnCpu},
                {"moveParameters", request.movesParameters},
                {"moveResults", request.resultsPattern},
                {"observe", request.observes},
                {"restore", request.restores},
                {"fillMemory", request.memoryFill}};
    if (request.project) {
        job["command"] = request.project->command;
        job["packages"] = packageFolders(request.project->packages, request.isSandboxed);
        job["links"] = request.project->dataPlaces;
        job["watch"] = request.project->watched;
    }
    return frame('J', job.dump()) + frame('C', request.code);
}

std::string stopFrame(bool atOnce)
{
    return frame(atOnce ? 'K' : 'X', {});
}

Result<WorkerEnd> parseEnd(std::string_view json)
{
    const Json end = Json::parse(json, nullptr, false);
    if (!end.is_object()) {
        return fail(Errc::Damaged, "the worker's last message cannot be read");
    }
    return WorkerEnd{integerOf<int>(end, "exit"), integerOf<int>(end, "signal"),
                     integerOf<std::int64_t>(end, "peakBytes"), linesOf(end, "executed"),
                     linesOf(end, "executable")};
}

Result<Run> parseReport(std::string_view json)
{
    try {
        const Json report = Json::parse(json, nullptr, false);
        if (!report.is_object()) {
            return fail(Errc::Damaged, "the worker's report cannot be read");
        }
        Run run;
        parseObservations(report, run);
        parseConditions(report, run);
        parseSeen(report, run);
        parseTests(report, run);
        parseFiles(report, run);
        run.outcome = flagOf(report, "completed") ? Outcome::Ok : Outcome::Exit;
        run.exitStatus = integerOf<int>(report, "exit");
        parseError(report, run);
        return run;
    } catch (const Json::exception &error) {
        return fail(Errc::Damaged,
                    std::string("the worker's report cannot be read: ") + error.what());
    }
}

} // namespace TorchLift
