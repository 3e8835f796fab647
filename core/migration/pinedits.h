#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "migration/companions.h"
#include "migration/edit.h"

namespace TorchLift {

inline constexpr const char *kPinRule = "version-pins";

/// Whether a package's name may hold it.
[[nodiscard]] inline bool isPackageNameCharacter(char c) noexcept
{
    return isNameCharacter(c) || c == '-' || c == '.';
}

/// What pins of one file become.
struct PinFindings
{
    std::vector<Edit> edits; ///< by position
    std::vector<Residue> residues;
};

/// Judges pins that a reader of some file format comes upon: edits for those that keep the target
/// out, residues where the new one cannot be known. Spans are bytes of `text`.
class PinEdits
{
public:
    /// `text` and `knowledge` must outlive it.
    PinEdits(std::string_view text, const PinKnowledge &knowledge, const Version &target);

    /// `package` (as pip knows it) has to be in `range`. `held`: the residue, by its name in
    /// pins.yaml, that stands where the range has to change and cannot be changed here.
    void range(std::string_view package, ByteSpan range, RangeSyntax syntax,
               const char *held = nullptr);
    /// "torch[extra] >=1.0; marker", as pip takes it; anything else is passed over.
    void requirement(ByteSpan span, const char *held = nullptr);
    /// "channel::pytorch=1.0=build" or "pytorch >=1.0"; anything else is passed over.
    void condaSpec(ByteSpan span);
    /// The whole of `span` names one Python: "3.6".
    void pythonVersion(ByteSpan span);
    /// "Programming Language :: Python :: 3.6"; anything else is passed over.
    void classifier(ByteSpan span);
    /// Requirements after `pip install` and `conda install` in lines of a shell. Lines of a command
    /// that goes on may begin with `linePrefix`, which is not part of it.
    void commands(ByteSpan span, std::string_view linePrefix = {});

    /// The address of a file, which matters when it is a wheel of torch or its companions.
    void wheel(ByteSpan address);

    void leave(const char *residue, std::string_view package, ByteSpan span);
    void rewrite(std::string_view package, ByteSpan span, const std::string &newText);

    /// Whether the target has this package: torch, torchvision, torchaudio, numpy, python.
    [[nodiscard]] bool isKnown(std::string_view package) const;
    /// Whether torch runs on this Python.
    [[nodiscard]] bool isSupported(const ReleaseNumber &python) const;
    /// The version to name for a package; empty: there is none.
    [[nodiscard]] std::string pinOf(std::string_view package) const;
    [[nodiscard]] std::string_view textOf(ByteSpan span) const
    {
        return m_text.substr(span.begin, span.size());
    }
    [[nodiscard]] const Companions &companions() const { return m_companions; }
    [[nodiscard]] bool isRewritten(std::string_view package) const;

    [[nodiscard]] PinFindings take();

private:
    struct Change
    {
        ByteSpan span;
        std::string text;
    };
    [[nodiscard]] ByteSpan trimmed(ByteSpan span) const; ///< without blanks at both ends
    [[nodiscard]] const PackageWindow *windowOf(std::string_view package) const;
    [[nodiscard]] bool isWithoutRelease(std::string_view package) const;
    [[nodiscard]] std::optional<Change> moved(std::string_view package, const Clause &clause,
                                              RangeSyntax syntax, std::size_t offset) const;
    [[nodiscard]] std::string newUpperBound(std::string_view package, const Clause &clause) const;
    [[nodiscard]] bool asksForNewer(const std::vector<Clause> &range,
                                    const PackageWindow &window) const;
    [[nodiscard]] bool neverApplies(std::string_view marker) const;
    void add(std::string_view package, ByteSpan whole, std::vector<Change> changes);
    void words(ByteSpan command, std::string_view linePrefix, bool isConda);
    void word(ByteSpan word, bool isConda);
    [[nodiscard]] std::optional<std::size_t> nextLine(std::size_t lineEnd, ByteSpan command,
                                                      std::string_view linePrefix) const;
    [[nodiscard]] LocalizedText filled(const LocalizedText &text, std::string_view package,
                                       std::string_view from, std::string_view to) const;
    void finishClassifiers();

    std::string_view m_text;
    const PinKnowledge &m_knowledge;
    Companions m_companions;
    PackageWindow m_torch;
    LineIndex m_lines;
    std::vector<ByteSpan> m_classifiers; // of the version numbers in them
    PinFindings m_findings;
};

} // namespace TorchLift
