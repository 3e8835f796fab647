#include <algorithm>
#include <optional>
#include <set>

#include <yaml-cpp/yaml.h>

#include "migration/rule.h"
#include "migration/transform.h"
#include "migration/yamlfields.h"

namespace TorchLift {

namespace {

class Loader : private YamlFields
{
public:
    Loader(std::string file, std::set<std::string> &ids)
        : YamlFields(std::move(file))
        , m_ids(ids)
    {}

    void read(const YAML::Node &document, std::vector<Rule> &rules)
    {
        checkKeys(document, {"schema", "rules"}, "the file");
        checkSchema(document);
        const YAML::Node list = document["rules"];
        if (!list || !list.IsSequence()) {
            stop(document, "rules: must be a list");
        }
        for (const YAML::Node &node : list) {
            rules.push_back(rule(node));
        }
    }

private:
    Safety safety(const YAML::Node &node, const std::string &what) const
    {
        return choice<Safety>(
            node, "safety", what,
            {{"safe", Safety::Safe}, {"review", Safety::Review}, {"behaviour", Safety::Behaviour}});
    }

    Rule rule(const YAML::Node &node)
    {
        if (!node.IsMap()) {
            stop(node, "a rule must be a mapping");
        }
        Rule rule;
        rule.info.id = text(node, "id", "rule");
        const std::string what = "rule " + rule.info.id;
        checkKeys(node,
                  {"id", "changes", "symbols", "broken", "since", "effect", "safety", "title",
                   "reason", "signatures", "cases", "transform", "residue", "examples"},
                  what);
        if (!m_ids.insert(rule.info.id).second) {
            stop(node, what + ": the id is used twice");
        }
        rule.info.changes = texts(node, "changes", what, true);
        rule.info.symbols = texts(node, "symbols", what, true);
        const std::optional<Version> broken = Version::parse(text(node, "broken", what));
        if (!broken) {
            stop(node["broken"], what + ": 'broken' is no version");
        }
        rule.info.brokenIn = *broken;
        if (node["since"]) {
            rule.info.worksSince = Version::parse(text(node, "since", what));
            if (!rule.info.worksSince) {
                stop(node["since"], what + ": 'since' is no version");
            }
        }
        rule.effect = choice<Effect>(
            node, "effect", what,
            {{"breaks", Effect::Breaks}, {"differs", Effect::Differs}, {"warns", Effect::Warns}});
        rule.info.safety = safety(node, what);
        rule.info.title = localized(node, "title", what);
        rule.info.reason = localized(node, "reason", what);
        readSignatures(node["signatures"], rule, what);
        readCases(node, rule, what);
        readResidue(node, rule, what);
        readExamples(node, rule, what);
        rule.info.hasRewrite = !rule.cases.empty() || !rule.transform.empty();
        return rule;
    }

    void readSignatures(const YAML::Node &node, Rule &rule, const std::string &what) const
    {
        if (!node) {
            return;
        }
        if (!node.IsMap()) {
            stop(node, what + ": 'signatures' must be a mapping");
        }
        for (const auto &entry : node) {
            auto &names = rule.signatures[entry.first.as<std::string>()];
            if (!entry.second.IsSequence()) {
                stop(entry.second, what + ": a signature must be a list of names");
            }
            for (const YAML::Node &name : entry.second) {
                names.push_back(name.as<std::string>());
            }
        }
    }

    void readCases(const YAML::Node &node, Rule &rule, const std::string &what) const
    {
        if (node["transform"]) {
            rule.transform = text(node, "transform", what);
            if (node["cases"]) {
                stop(node["cases"], what + ": 'transform' stands instead of 'cases'");
            }
            if (findTransform(rule.transform) == nullptr) {
                stop(node["transform"], what + ": there is no transform '" + rule.transform + "'");
            }
            return;
        }
        const YAML::Node cases = node["cases"];
        if (!cases) {
            return;
        }
        if (!cases.IsSequence()) {
            stop(cases, what + ": 'cases' must be a list");
        }
        for (const YAML::Node &entry : cases) {
            rule.cases.push_back(readCase(entry, rule, what));
        }
    }

    RuleCase readCase(const YAML::Node &node, const Rule &rule, const std::string &ruleName) const
    {
        const std::string what = ruleName + ", case " + std::to_string(rule.cases.size() + 1);
        checkKeys(node, {"match", "where", "replace", "imports", "safety"}, what);
        Result<Pattern> pattern = Pattern::parse(text(node, "match", what));
        if (!pattern) {
            stop(node["match"], what + ": 'match' " + pattern.error().detail);
        }
        std::optional<ReplacementTemplate> replace;
        if (node["replace"]) {
            Result<ReplacementTemplate> parsed =
                ReplacementTemplate::parse(text(node, "replace", what));
            if (!parsed) {
                stop(node["replace"], what + ": 'replace' " + parsed.error().detail);
            }
            replace = std::move(*parsed);
        }
        const std::vector<std::string> known = pattern->metavariables();
        const auto isKnown = [&](const std::string &name) {
            return std::find(known.begin(), known.end(), name) != known.end();
        };
        for (const std::string &name :
             replace ? replace->metavariables() : std::vector<std::string>{}) {
            if (name == "_" || !isKnown(name)) {
                stop(node["replace"], what + ": 'match' does not bind $" + name);
            }
        }
        RuleCase out{std::move(*pattern),
                     {},
                     std::move(replace),
                     texts(node, "imports", what, false),
                     rule.info.safety};
        if (node["safety"]) {
            out.safety = safety(node, what);
        }
        if (const YAML::Node where = node["where"]) {
            if (!where.IsMap()) {
                stop(where, what + ": 'where' must be a mapping");
            }
            for (const auto &entry : where) {
                const std::string name = entry.first.as<std::string>();
                if (!isKnown(name)) {
                    stop(entry.first, what + ": 'match' does not bind $" + name);
                }
                readConstraints(entry.second, out.where[name], what);
            }
        }
        return out;
    }

    void readConstraints(const YAML::Node &node, std::vector<Constraint> &out,
                         const std::string &what) const
    {
        if (node.IsSequence()) {
            for (const YAML::Node &entry : node) {
                readConstraints(entry, out, what);
            }
            return;
        }
        out.push_back(constraint(node, what));
    }

    Constraint constraint(const YAML::Node &node, const std::string &what) const
    {
        using K = Constraint::Kind;
        static const std::map<std::string, K> words{{"tensor", K::Tensor},
                                                    {"byte-tensor", K::ByteTensor},
                                                    {"bool-tensor", K::BoolTensor},
                                                    {"float-tensor", K::FloatTensor},
                                                    {"int-tensor", K::IntTensor},
                                                    {"scalar-tensor", K::ScalarTensor},
                                                    {"unused", K::Unused},
                                                    {"sliced", K::Sliced},
                                                    {"name", K::Name},
                                                    {"literal", K::Literal},
                                                    {"path", K::Path},
                                                    {"int", K::Int},
                                                    {"string", K::String}};
        Constraint out;
        if (node.IsScalar()) {
            const auto found = words.find(node.as<std::string>());
            if (found == words.end()) {
                stop(node, what + ": unknown constraint '" + node.as<std::string>() + "'");
            }
            out.kind = found->second;
            return out;
        }
        checkKeys(node, {"in", "not", "without", "rank", "type"}, what + ": constraint");
        if (node.size() != 1) {
            stop(node, what + ": a constraint has one key");
        }
        if (node["not"]) {
            out = constraint(node["not"], what);
            out.isNegated = !out.isNegated;
        } else if (node["rank"]) {
            out.kind = K::Rank;
            out.rank = node["rank"].as<int>();
        } else if (node["type"]) {
            out.kind = K::Type;
            out.values = {node["type"].as<std::string>()};
        } else {
            out.kind = node["in"] ? K::In : K::Without;
            out.values = texts(node, node["in"] ? "in" : "without", what, true);
        }
        return out;
    }

    void readResidue(const YAML::Node &node, Rule &rule, const std::string &what) const
    {
        const YAML::Node residue = node["residue"];
        if (!residue) {
            stop(node, what + ": 'residue' is missing");
        }
        checkKeys(residue, {"reason", "detail"}, what + ".residue");
        rule.residueReason =
            choice<ResidueReason>(residue, "reason", what + ".residue",
                                  {{"no-replacement", ResidueReason::NoReplacement},
                                   {"needs-decision", ResidueReason::NeedsDecision},
                                   {"receiver-unknown", ResidueReason::ReceiverUnknown},
                                   {"dynamic-access", ResidueReason::DynamicAccess}});
        rule.residueDetail = localized(residue, "detail", what + ".residue");
    }

    void readExamples(const YAML::Node &node, Rule &rule, const std::string &what) const
    {
        const YAML::Node examples = node["examples"];
        if (!examples) {
            return;
        }
        for (const YAML::Node &entry : examples) {
            checkKeys(entry, {"old", "new", "proof", "why"}, what + ".examples");
            RuleExample example;
            example.oldCode = text(entry, "old", what + ".examples");
            example.newCode = text(entry, "new", what + ".examples");
            example.proof = choice<RuleProof>(entry, "proof", what + ".examples",
                                              {{"equal", RuleProof::Equal},
                                               {"runs", RuleProof::Runs},
                                               {"pre-source", RuleProof::PreSource},
                                               {"not-runnable-here", RuleProof::NotRunnableHere}});
            if (entry["why"]) {
                example.why = entry["why"].as<std::string>();
            }
            if (example.proof == RuleProof::NotRunnableHere && example.why.empty()) {
                stop(entry, what + ": an example that is not runnable here must say why");
            }
            rule.info.examples.push_back(std::move(example));
        }
        const bool isAllEqual =
            !rule.info.examples.empty()
            && std::all_of(rule.info.examples.begin(), rule.info.examples.end(),
                           [](const auto &example) { return example.proof == RuleProof::Equal; });
        if (rule.info.safety == Safety::Safe && !isAllEqual) {
            stop(node, what + ": 'safe' needs examples whose proof is 'equal'");
        }
    }

    std::set<std::string> &m_ids;
};

} // namespace

Result<std::shared_ptr<const RuleSet>> RuleSet::load(const std::filesystem::path &folder)
{
    std::error_code error;
    std::vector<std::filesystem::path> files;
    for (std::filesystem::directory_iterator at(folder, error), end; !error && at != end;
         at.increment(error)) {
        if (at->path().extension() == ".yaml") {
            files.push_back(at->path());
        }
    }
    if (error) {
        return fail(Errc::NotFound, "the folder of rules cannot be read: " + error.message(),
                    folder.string());
    }
    std::sort(files.begin(), files.end());
    std::vector<Rule> rules;
    std::set<std::string> ids;
    for (const std::filesystem::path &file : files) {
        const auto read = readYaml(file, [&](const YAML::Node &document) {
            Loader(file.filename().string(), ids).read(document, rules);
        });
        if (!read) {
            return tl::unexpected<Error>(read.error());
        }
    }
    return std::make_shared<const CompiledRules>(std::move(rules));
}

} // namespace TorchLift
