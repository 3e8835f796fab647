#include "migration/nativecode.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>

#include <yaml-cpp/yaml.h>

#include "migration/cpptokens.h"
#include "migration/yamlfields.h"

namespace TorchLift {

namespace {

constexpr const char *kNativeRule = "native-code";
constexpr std::string_view kSkipMark = "torchlift: skip";
constexpr std::size_t kLongestGap = 400; // tokens that "..." stands for

class Reader : private YamlFields
{
public:
    Reader()
        : YamlFields("native.yaml")
    {}

    std::vector<NativeToken> read(const YAML::Node &document)
    {
        checkKeys(document, {"schema", "tokens"}, "the file");
        checkSchema(document);
        std::vector<NativeToken> out;
        for (const YAML::Node &node : document["tokens"]) {
            out.push_back(token(node));
        }
        if (out.empty()) {
            stop(document, "tokens: is empty");
        }
        return out;
    }

private:
    NativeToken token(const YAML::Node &node)
    {
        NativeToken out;
        out.id = text(node, "id", "token");
        const std::string what = "token " + out.id;
        checkKeys(node,
                  {"id", "symbol", "broken", "effect", "match", "detail", "changes", "example",
                   "measured"},
                  what);
        if (!m_ids.insert(out.id).second) {
            stop(node, what + ": the id is used twice");
        }
        out.symbol = text(node, "symbol", what);
        const auto broken = Version::parse(text(node, "broken", what));
        if (!broken) {
            stop(node, what + ": 'broken' is no version");
        }
        out.brokenIn = *broken;
        out.isBreaking = choice<bool>(node, "effect", what, {{"breaks", true}, {"warns", false}});
        out.detail = localized(node, "detail", what);
        out.changes = texts(node, "changes", what, true);
        out.example = text(node, "example", what);
        for (const std::string &pattern : texts(node, "match", what, true)) {
            out.patterns.push_back(words(pattern));
            const std::vector<std::string> &last = out.patterns.back();
            if (last.empty() || last.front() == "..." || last.back() == "...") {
                stop(node, what + ": a pattern begins and ends with a word");
            }
        }
        return out;
    }

    static std::vector<std::string> words(const std::string &pattern)
    {
        std::vector<std::string> out;
        for (std::size_t at = 0; at < pattern.size();) {
            const std::size_t end = std::min(pattern.find(' ', at), pattern.size());
            if (end > at) {
                out.push_back(pattern.substr(at, end - at));
            }
            at = end + 1;
        }
        return out;
    }

    std::set<std::string> m_ids;
};

bool fits(const CppToken &token, std::string_view word)
{
    if (word.starts_with('<') && word.size() > 1) {
        return token.kind == CppToken::Kind::Include && token.text.starts_with(word.substr(1));
    }
    if (token.kind == CppToken::Kind::Include) {
        return false;
    }
    if (word.ends_with('*') && word.size() > 1) {
        return token.kind == CppToken::Kind::Name
               && token.text.starts_with(word.substr(0, word.size() - 1));
    }
    return token.text == word;
}

// The number of the token after a match that begins at `at`; 0: there is none.
std::size_t endOfMatch(const std::vector<CppToken> &tokens, std::size_t at,
                       const std::vector<std::string> &pattern)
{
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        if (pattern[i] != "...") {
            if (at >= tokens.size() || !fits(tokens[at], pattern[i])) {
                return 0;
            }
            ++at;
            continue;
        }
        const std::size_t last = std::min(tokens.size(), at + kLongestGap);
        int depth = 0;
        while (at < last && (depth > 0 || !fits(tokens[at], pattern.at(i + 1)))) {
            const std::string_view text = tokens[at].text;
            depth += text == "(" || text == "[" || text == "{"   ? 1
                     : text == ")" || text == "]" || text == "}" ? -1
                                                                 : 0;
            if (depth < 0 || text == ";") {
                return 0;
            }
            ++at;
        }
    }
    return at;
}

bool isListed(const std::vector<std::string> &ids)
{
    return std::find(ids.begin(), ids.end(), kNativeRule) != ids.end();
}

class Checker
{
public:
    explicit Checker(std::string_view code)
        : m_code(code)
        , m_lines(code)
        , m_found(tokenizeCpp(code))
    {}

    void look(const NativeToken &token, std::vector<Residue> &out) const
    {
        for (std::size_t at = 0; at < m_found.tokens.size(); ++at) {
            const CppToken &first = m_found.tokens[at];
            for (const std::vector<std::string> &pattern : token.patterns) {
                if (!fits(first, pattern.front()) || m_found.defined.contains(first.text)) {
                    continue;
                }
                if (const std::size_t end = endOfMatch(m_found.tokens, at, pattern); end > at) {
                    out.push_back(residue(token,
                                          {first.span.begin, m_found.tokens[end - 1].span.end},
                                          first.isGuarded));
                    break;
                }
            }
        }
    }

private:
    Residue residue(const NativeToken &token, ByteSpan span, bool isGuarded) const
    {
        Residue out;
        out.symbol = token.symbol;
        out.span = span;
        out.line = m_lines.lineOf(span.begin);
        const ByteSpan line = m_lines.spanOf(out.line);
        const bool isSkipped =
            m_code.substr(line.begin, line.size()).find(kSkipMark) != std::string_view::npos;
        out.reason = isSkipped   ? ResidueReason::Skipped
                     : isGuarded ? ResidueReason::Guarded
                                 : ResidueReason::NeedsDecision;
        out.detail = token.detail;
        out.changes = token.changes;
        out.ruleId = kNativeRule;
        out.brokenIn = token.brokenIn;
        out.isBreaking = token.isBreaking && !isGuarded;
        return out;
    }

    std::string_view m_code;
    LineIndex m_lines;
    CppTokens m_found;
};

} // namespace

Result<std::shared_ptr<const NativeKnowledge>>
NativeKnowledge::load(const std::filesystem::path &file)
{
    auto knowledge = std::make_shared<NativeKnowledge>();
    const auto read = readYaml(
        file, [&](const YAML::Node &document) { knowledge->m_tokens = Reader().read(document); });
    if (!read) {
        return tl::unexpected<Error>(read.error());
    }
    return knowledge;
}

bool isNativeFile(const std::filesystem::path &path)
{
    constexpr std::array kExtensions = {".c",   ".cc", ".cpp", ".cxx", ".cu",
                                        ".cuh", ".h",  ".hh",  ".hpp"};
    return std::find(kExtensions.begin(), kExtensions.end(), path.extension().string())
           != kExtensions.end();
}

Migration checkNative(std::string_view code, const NativeKnowledge &knowledge,
                      const MigrationOptions &options)
{
    Migration migration;
    migration.oldCode = code;
    migration.newCode = code;
    migration.from = options.from.value_or(Version{1, 0, 0});
    migration.to = options.to;
    if (isListed(options.skip) || (!options.only.empty() && !isListed(options.only))) {
        return migration;
    }
    const Checker checker(migration.oldCode);
    for (const NativeToken &token : knowledge.tokens()) {
        if (token.brokenIn <= options.to) {
            checker.look(token, migration.residues);
        }
    }
    std::stable_sort(migration.residues.begin(), migration.residues.end(),
                     [](const Residue &a, const Residue &b) { return a.span < b.span; });
    return migration;
}

} // namespace TorchLift
