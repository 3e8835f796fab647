#include "validation/introspection.h"

#include <algorithm>
#include <optional>

#include <nlohmann/json.hpp>

#include "base/files.h"
#include "validation/runner.h"

namespace TorchLift {

namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr std::string_view kMark = "torchlift-symbol ";
constexpr std::size_t kLongestName = 200;

// Runs on CPython 3.5 and later. What it imports and reads may do anything: hence the sandbox.
constexpr const char *kScript = R"python(
import importlib, inspect, json, types, warnings
warnings.simplefilter("ignore")


def find(name):
    parts = name.split(".")
    for count in range(len(parts), 0, -1):
        try:
            found = importlib.import_module(".".join(parts[:count]))
        except Exception:
            continue
        for part in parts[count:]:
            found = getattr(found, part)
        return found
    raise AttributeError(name)


def kind_of(value):
    if inspect.ismodule(value):
        return "module"
    if inspect.isclass(value):
        return "class"
    if isinstance(value, property) or inspect.isgetsetdescriptor(value):
        return "property"
    return "function" if callable(value) else "value"


def signature_of(value, lines):
    if not callable(value):
        return ""
    try:
        return str(inspect.signature(value))
    except Exception:
        pass
    first = lines[0] if lines else ""
    return first[first.index("("):] if "(" in first and not first.startswith("(") else ""


def describe(name):
    try:
        value = find(name)
    except Exception:
        return {"isThere": False}
    own = value if kind_of(value) != "value" else None
    lines = [line.strip() for line in (inspect.getdoc(own) or "").splitlines() if line.strip()]
    told = [line for line in lines if "deprecat" in line.lower()]
    return {"isThere": True, "kind": kind_of(value), "signature": signature_of(value, lines)[:1000],
            "documentation": "\n".join(lines[:4])[:1000], "deprecation": "".join(told[:1])[:1000]}


print("torchlift-symbol " + json.dumps(describe(NAME)))
)python";

bool isDottedName(std::string_view name)
{
    const auto isFine = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
               || c == '_' || c == '.';
    };
    return !name.empty() && name.size() <= kLongestName && name.front() != '.'
           && name.find("..") == std::string_view::npos
           && std::all_of(name.begin(), name.end(), isFine);
}

std::optional<SymbolInEnvironment> parse(std::string_view json, const Environment &environment)
{
    const Json read = Json::parse(json, nullptr, false);
    if (!read.is_object() || !read.contains("isThere") || !read["isThere"].is_boolean()) {
        return std::nullopt;
    }
    const auto text = [&](const char *name) {
        const auto found = read.find(name);
        return found != read.end() && found->is_string() ? found->get<std::string>()
                                                         : std::string();
    };
    return SymbolInEnvironment{environment.torch,  environment.python, read["isThere"],
                               text("kind"),       text("signature"),  text("documentation"),
                               text("deprecation")};
}

} // namespace

Result<SymbolInEnvironment> introspect(std::string_view symbol, const Environment &environment,
                                       const fs::path &worker, const fs::path &cache,
                                       std::stop_token stop)
{
    if (!isDottedName(symbol)) {
        return fail(Errc::InvalidArgument, "not a dotted name, like torch.gesv",
                    std::string(symbol));
    }
    const fs::path kept = cache / "symbols"
                          / (environment.torch.toString() + "-py" + environment.python.toString())
                          / (std::string(symbol) + ".json");
    if (const auto bytes = readFile(kept)) {
        if (auto known = parse(*bytes, environment)) {
            return *known;
        }
    }
    RunRequest request;
    request.code = "NAME = '" + std::string(symbol) + "'\n" + kScript;
    auto run = Runner(worker).run(environment, request, std::move(stop));
    if (!run) {
        return tl::unexpected(run.error());
    }
    const std::size_t at = run->output.find(kMark);
    const std::string json =
        at == std::string::npos ? std::string() : run->output.substr(at + kMark.size());
    const auto answer = parse(json, environment);
    if (!answer) {
        return run->outcome == Outcome::Cancelled
                   ? fail(Errc::Cancelled, "cancelled")
                   : fail(Errc::Internal, "the interpreter gave no answer", environment.name);
    }
    std::error_code ignored; // without a cache it is asked again
    fs::create_directories(kept.parent_path(), ignored);
    static_cast<void>(writeFileAtomically(kept, json));
    return *answer;
}

} // namespace TorchLift
