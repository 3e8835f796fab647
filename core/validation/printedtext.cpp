#include "validation/printedtext.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <optional>
#include <span>
#include <string>

#include "base/text.h"
#include "validation/profilertables.h"

namespace TorchLift {

namespace {

bool isSpace(char letter) noexcept
{
    return letter == ' ' || (letter >= '\t' && letter <= '\r');
}

// Bytes above 127 belong to letters of other alphabets.
bool isWord(char letter) noexcept
{
    return isNameCharacter(letter) || (static_cast<unsigned char>(letter) & 0x80U) != 0;
}

std::size_t digitsFrom(std::string_view text, std::size_t at) noexcept
{
    std::size_t end = at;
    while (end < text.size() && isDigit(text[end])) {
        ++end;
    }
    return end - at;
}

// The length of the number at `at` without its sign; 0 when there is none.
std::size_t numberLength(std::string_view text, std::size_t at, int &decimals)
{
    std::size_t end = at + digitsFrom(text, at);
    decimals = 0;
    if (end < text.size() && text[end] == '.') {
        const std::size_t fraction = digitsFrom(text, end + 1);
        if (end == at && fraction == 0) {
            return 0;
        }
        decimals = static_cast<int>(fraction);
        end += 1 + fraction;
    } else if (end == at) {
        return 0;
    }
    if (end < text.size() && (text[end] == 'e' || text[end] == 'E')) {
        std::size_t exponent = end + 1;
        if (exponent < text.size() && (text[exponent] == '+' || text[exponent] == '-')) {
            ++exponent;
        }
        const std::size_t digits = digitsFrom(text, exponent);
        end = digits > 0 ? exponent + digits : end;
    }
    // "2nd" and "3x3" are words.
    return end < text.size() && isWord(text[end]) ? 0 : end - at;
}

bool isAddress(std::string_view word) noexcept
{
    return word.size() > 6 && word.substr(0, 2) == "0x"
           && word.find_first_not_of("0123456789abcdefABCDEF", 2) == std::string_view::npos;
}

// A minus between two values is an operator, before a value a sign.
bool isSign(std::string_view text, std::size_t at) noexcept
{
    return (text[at] == '-' || text[at] == '+') && at + 1 < text.size()
           && (isDigit(text[at + 1]) || text[at + 1] == '.')
           && (at == 0 || (!isWord(text[at - 1]) && text[at - 1] != ')' && text[at - 1] != ']'));
}

constexpr std::string_view kUnits[] = {"ns", "us",  "\xC2\xB5s", "ms",
                                       "s",  "sec", "secs",      "seconds"};

bool isUnit(std::string_view word) noexcept
{
    return std::find(std::begin(kUnits), std::end(kUnits), word) != std::end(kUnits);
}

// The length of a time with its unit at `at`, such as "12.5ms"; 0 when there is none.
std::size_t durationLength(std::string_view text, std::size_t at)
{
    std::size_t end = at + digitsFrom(text, at);
    if (end == at) {
        return 0;
    }
    if (end < text.size() && text[end] == '.') {
        end += 1 + digitsFrom(text, end + 1);
    }
    std::size_t unitEnd = end;
    while (unitEnd < text.size() && isWord(text[unitEnd])) {
        ++unitEnd;
    }
    return isUnit(text.substr(end, unitEnd - end)) ? unitEnd - at : 0;
}

Token wordToken(std::string_view word)
{
    if (isAddress(word)) {
        return {word.substr(0, 2)};
    }
    if (word == "True" || word == "False") {
        Token token{word, word == "True" ? 1.0 : 0.0};
        token.isTruth = true;
        return token;
    }
    if (word == "nan" || word == "inf") {
        return {word, word == "nan" ? std::nan("") : HUGE_VAL, 0, true};
    }
    return {word};
}

Token tokenAt(std::string_view text, std::size_t at)
{
    const std::size_t sign = isSign(text, at) ? 1 : 0;
    int decimals = 0;
    if (const std::size_t length = numberLength(text, at + sign, decimals); length > 0) {
        Token token{text.substr(at, sign + length), 0, decimals, true};
        const std::size_t begin = text[at] == '+' ? at + 1 : at;
        std::from_chars(text.data() + begin, text.data() + at + sign + length, token.number);
        return token;
    }
    if (const std::size_t length = durationLength(text, at); length > 0) {
        return {text.substr(at, length), 0, 0, true, true};
    }
    std::size_t end = at;
    while (end < text.size() && isWord(text[end])) {
        ++end;
    }
    return end > at ? wordToken(text.substr(at, end - at)) : Token{text.substr(at, 1)};
}

// "-inf" is the character '-' and a word; nothing is lost by comparing them one by one.
Closeness compareTokens(const Token &left, const Token &right, const Tolerance &tolerance,
                        double noise = 0)
{
    if ((left.isDuration && right.isDuration) || (left.isGradient && right.isGradient)) {
        return Closeness::Equal;
    }
    if (left.isNumber != right.isNumber) {
        return Closeness::Different;
    }
    if (!left.isNumber) {
        return left.text == right.text ? Closeness::Equal : Closeness::Different;
    }
    const Closeness closeness = compareNumbers(left.number, right.number, tolerance, noise);
    constexpr int roundedDecimals = 4;
    if (closeness == Closeness::Different && left.decimals == right.decimals
        && left.decimals >= roundedDecimals && left.text.find('e') == std::string_view::npos) {
        const double lastPlace = std::pow(10.0, -left.decimals);
        if (std::abs(left.number - right.number) <= 1.01 * lastPlace) {
            return Closeness::WithinTolerance;
        }
    }
    return closeness;
}

bool isReal(const Token &token) noexcept
{
    return token.isNumber && token.text.find_first_of(".ein") != std::string_view::npos;
}

bool isWhole(const Token &token) noexcept
{
    return token.isNumber && !isReal(token);
}

// The tokens without ", dtype=torch.x" and with True and False as numbers.
std::vector<Token> withoutDtypes(const std::vector<Token> &tokens)
{
    std::vector<Token> kept;
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        const bool isDtype = i + 5 < tokens.size() && tokens[i].text == ","
                             && tokens[i + 1].text == "dtype" && tokens[i + 2].text == "="
                             && tokens[i + 3].text == "torch" && tokens[i + 4].text == ".";
        if (isDtype) {
            i += 5;
        } else if (tokens[i].isTruth) {
            kept.push_back({tokens[i].text, tokens[i].number, 0, true});
        } else {
            kept.push_back(tokens[i]);
        }
    }
    return kept;
}

bool agree(const std::vector<Token> &left, const std::vector<Token> &right,
           const Tolerance &tolerance)
{
    return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                      [&tolerance](const Token &a, const Token &b) {
                          return compareTokens(a, b, tolerance) != Closeness::Different;
                      });
}

std::string lineAround(std::string_view text, const std::vector<Token> &tokens, std::size_t index)
{
    constexpr std::size_t longest = 200;
    if (index >= tokens.size()) {
        return {};
    }
    const auto at = static_cast<std::size_t>(tokens[index].text.data() - text.data());
    const std::size_t before = at == 0 ? std::string_view::npos : text.rfind('\n', at - 1);
    const std::size_t begin = before == std::string_view::npos ? 0 : before + 1;
    return std::string(text.substr(begin, std::min(text.find('\n', at) - begin, longest)));
}

constexpr std::string_view kByteDtype[] = {",", "dtype", "=", "torch", ".", "uint8"};

using Tokens = std::span<const Token>;

// Runs of tokens that stand on one line of `text`; empty lines have none.
std::vector<Tokens> linesOf(std::string_view text, const std::vector<Token> &tokens)
{
    std::vector<Tokens> lines;
    std::size_t begin = 0;
    for (std::size_t i = 1; i <= tokens.size(); ++i) {
        const auto at = static_cast<std::size_t>(tokens[i - 1].text.data() - text.data());
        const std::size_t next = i < tokens.size()
                                     ? static_cast<std::size_t>(tokens[i].text.data() - text.data())
                                     : text.size();
        if (i == tokens.size() || text.substr(at, next - at).find('\n') != text.npos) {
            lines.push_back(Tokens(tokens).subspan(begin, i - begin));
            begin = i;
        }
    }
    return lines;
}

// The same words with other numbers; single words may differ, too.
bool areAlike(Tokens left, Tokens right)
{
    return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                      [](const Token &a, const Token &b) {
                          return a.isNumber == b.isNumber
                                 && (a.isNumber || a.text == b.text
                                     || (isWord(a.text.front()) && isWord(b.text.front())));
                      });
}

using Lists = std::vector<std::optional<std::size_t>>;

// For each number in a list, as [1, 2], (1, 2) or [1 2] are printed, the place where that begins.
Lists listsOf(const std::vector<Tokens> &lines)
{
    Lists begins;
    for (const Tokens line : lines) {
        std::optional<std::size_t> list;
        for (std::size_t i = 0; i < line.size(); ++i) {
            if (!line[i].isNumber) {
                list = line[i].text == "," ? list : std::nullopt;
            } else if (i > 0 && (line[i - 1].text == "[" || line[i - 1].text == "(")) {
                list = begins.size();
            }
            begins.push_back(line[i].isNumber ? list : std::nullopt);
        }
    }
    return begins;
}

// For each token the kind of place that it stands at: numbers at one place of lines with the same
// words are of a kind, and those of one list. Counted from 0.
std::vector<std::size_t> kindsOf(const std::vector<Tokens> &lines, const Lists &lists)
{
    std::vector<std::size_t> kinds;
    std::map<std::string, std::size_t> known; // words of a line -> kind of its first token
    std::size_t next = 0;
    for (const Tokens line : lines) {
        std::string words;
        for (const Token &token : line) {
            (words += token.isNumber ? std::string_view("0") : token.text) += ' ';
        }
        const auto [found, isNew] = known.emplace(std::move(words), next);
        next += isNew ? line.size() : 0;
        const std::size_t begin = kinds.size();
        for (std::size_t i = 0; i < line.size(); ++i) {
            kinds.push_back(found->second + lists[begin + i].value_or(begin + i) - begin);
        }
    }
    return kinds;
}

// What further runs tell about an output, place by place.
class OutputNoise
{
public:
    OutputNoise(std::string_view text, const std::vector<Token> &usual, const FurtherRuns &further)
        : m_lines(linesOf(text, usual))
        , m_lists(listsOf(m_lines))
        , m_noise(usual.size(), 0)
        , m_isUnstable(usual.size(), false)
    {
        const std::vector<std::size_t> kinds = kindsOf(m_lines, m_lists);
        for (const auto &[run, factor] : further.moved) {
            // What is printed again and again grows with time, and so does its noise: the largest
            // up to each place counts, in proportion to the number.
            std::vector<double> largest(kinds.size(), 0);
            std::map<std::size_t, double> others;
            compareWith(*run, [&](std::size_t place, const Token &token, const Token &again) {
                double &known = largest[kinds[place]];
                known = std::max(known, measure(place, token, again));
                m_noise[place] = std::max(m_noise[place], factor * known * std::abs(token.number));
                if (m_lists[place] && isWhole(token) && isOther(token, again)) {
                    others[*m_lists[place]] += factor;
                }
            });
            for (const auto &[list, count] : others) {
                m_others[list] = std::max(m_others[list], count);
            }
        }
        if (further.repeated != nullptr) {
            compareWith(
                *further.repeated, [&](std::size_t place, const Token &token, const Token &again) {
                    m_isUnstable[place] =
                        m_isUnstable[place]
                        || (token.isNumber ? isOther(token, again) : token.text != again.text);
                });
        }
    }

    /// A number or word that is another where nothing that matters changed.
    [[nodiscard]] bool isUnstable(std::size_t index) const { return m_isUnstable[index]; }
    [[nodiscard]] double at(std::size_t index) const { return m_noise[index]; }
    /// A number that noise allows half its size, or more: it says nothing.
    [[nodiscard]] bool isLost(std::size_t index, const Token &token) const
    {
        constexpr double half = 0.5;
        return m_noise[index] > 0 && m_noise[index] >= half * std::abs(token.number);
    }

    /// Whole numbers do not move, they turn into others: so many of a list as allowedOthers() says.
    /// Each one that is asked about counts.
    [[nodiscard]] bool mayBeOther(std::size_t index, const Token &token)
    {
        return m_lists[index] && isWhole(token) && --m_others[*m_lists[index]] >= 0;
    }

private:
    static bool isOther(const Token &token, const Token &again)
    {
        return token.number != again.number && !std::isnan(token.number);
    }

    // Pairs each token with that of another output; with itself where a line is not alike.
    template <class Visit>
    void compareWith(const Run &run, const Visit &visit) const
    {
        const std::string text = withoutProfilerTables(run.output);
        const std::vector<Token> tokens = tokenize(text);
        const std::vector<Tokens> lines = linesOf(text, tokens);
        std::size_t place = 0;
        for (std::size_t line = 0; line < m_lines.size(); ++line) {
            const Tokens usual = m_lines[line];
            const bool isAlike = line < lines.size() && areAlike(usual, lines[line]);
            const Tokens again = isAlike ? lines[line] : usual;
            for (std::size_t i = 0; i < usual.size(); ++i) {
                visit(place++, usual[i], again[i]);
            }
        }
    }

    // How far a number moved, as a part of it. A word that rounding turns into another says
    // nothing.
    double measure(std::size_t place, const Token &token, const Token &again)
    {
        if (!token.isNumber) {
            m_isUnstable[place] = m_isUnstable[place] || token.text != again.text;
            return 0;
        }
        const double size = std::max(std::abs(token.number), std::abs(again.number));
        const double movement = std::abs(token.number - again.number);
        return std::isfinite(movement) && size > 0 ? movement / size : 0;
    }

    std::vector<Tokens> m_lines;
    Lists m_lists;
    std::map<std::size_t, double> m_others; // of each list; by the place where it begins
    std::vector<double> m_noise;
    std::vector<bool> m_isUnstable;
};

// Whether ", dtype=torch.uint8" stands at `begin`.
bool isByteDtype(const std::vector<Token> &tokens, std::size_t begin)
{
    return tokens.size() - begin >= std::size(kByteDtype)
           && std::equal(
               std::begin(kByteDtype), std::end(kByteDtype),
               tokens.begin() + static_cast<std::ptrdiff_t>(begin),
               [](std::string_view word, const Token &token) { return token.text == word; });
}

// Whether two outputs are equal but for masks: each number of what was uint8 is a truth value now.
bool agreeButForMasks(const std::vector<Token> &oldTokens, const std::vector<Token> &newTokens,
                      const OutputNoise &noise, const Tolerance &tolerance)
{
    std::size_t right = 0;
    bool isInMask = false; // the last value was a number and is a truth value
    for (std::size_t left = 0; left < oldTokens.size(); ++left) {
        const Token &before = oldTokens[left];
        if (isInMask && isByteDtype(oldTokens, left)) {
            left += std::size(kByteDtype) - 1;
            continue;
        }
        if (right == newTokens.size()) {
            return false;
        }
        const Token &after = newTokens[right++];
        const bool isMask = before.isNumber && after.isTruth;
        if ((before.text == "ByteTensor" && after.text == "BoolTensor")
            || (before.text == "uint8" && after.text == "bool")) {
            continue;
        }
        isInMask = before.isNumber || before.isTruth ? isMask : isInMask;
        if (isMask) {
            if (before.number != after.number) {
                return false;
            }
        } else if (noise.isUnstable(left) && before.isNumber == after.isNumber) {
            continue;
        } else if (compareTokens(before, after, tolerance, noise.at(left))
                   == Closeness::Different) {
            return false;
        }
    }
    return right == newTokens.size();
}

bool isAfterGradientSign(const std::vector<Token> &tokens)
{
    constexpr std::string_view sign[] = {"grad_fn", "=", "<"};
    return tokens.size() >= std::size(sign)
           && std::equal(
               std::begin(sign), std::end(sign), tokens.end() - std::ssize(sign),
               [](std::string_view word, const Token &token) { return token.text == word; });
}

} // namespace

std::vector<Token> tokenize(std::string_view output)
{
    std::vector<Token> tokens;
    std::size_t at = 0;
    while (at < output.size()) {
        if (isSpace(output[at])) {
            ++at;
            continue;
        }
        Token token = tokenAt(output, at);
        std::size_t length = token.text.size();
        while (token.text == "0x" && at + length < output.size() && isWord(output[at + length])) {
            ++length; // an address is told by its first two letters
        }
        at += length;
        token.isGradient = !token.isNumber && isAfterGradientSign(tokens);
        if (!tokens.empty() && tokens.back().isNumber && isUnit(token.text)) {
            tokens.back().isDuration = true;
        }
        tokens.push_back(token);
    }
    return tokens;
}

TextComparison compareOutput(std::string_view oldOutput, std::string_view newOutput,
                             const Tolerance &tolerance, const FurtherRuns &further)
{
    const std::string oldText = withoutProfilerTables(oldOutput);
    const std::string newText = withoutProfilerTables(newOutput);
    const std::vector<Token> oldTokens = tokenize(oldText);
    const std::vector<Token> newTokens = tokenize(newText);
    OutputNoise noise(oldText, oldTokens, further);
    TextComparison comparison;
    const std::size_t common = std::min(oldTokens.size(), newTokens.size());
    std::size_t index = 0;
    for (; index < common; ++index) {
        if (noise.isUnstable(index) && newTokens[index].isNumber == oldTokens[index].isNumber) {
            comparison.isSomeLeftOut = true;
            continue;
        }
        const bool isLost = noise.isLost(index, oldTokens[index]);
        const bool saysNothing = isLost && isReal(oldTokens[index]) && newTokens[index].isNumber;
        Closeness closeness =
            compareTokens(oldTokens[index], newTokens[index], tolerance, noise.at(index));
        if (closeness == Closeness::Different && !saysNothing
            && !(newTokens[index].isNumber && noise.mayBeOther(index, oldTokens[index]))) {
            break;
        }
        closeness = std::min(closeness, Closeness::WithinTolerance);
        comparison.closeness = worse(comparison.closeness, closeness);
        comparison.isSomeLeftOut = comparison.isSomeLeftOut || isLost;
        comparison.numbers += oldTokens[index].isNumber && !isLost ? 1 : 0;
    }
    if (index == oldTokens.size() && index == newTokens.size()) {
        return comparison;
    }
    comparison.closeness = Closeness::Different;
    comparison.oldPart = lineAround(oldText, oldTokens, index);
    comparison.newPart = lineAround(newText, newTokens, index);
    comparison.differsInDtypeOnly =
        agree(withoutDtypes(oldTokens), withoutDtypes(newTokens), tolerance);
    comparison.differsInMasksOnly = agreeButForMasks(oldTokens, newTokens, noise, tolerance);
    return comparison;
}

} // namespace TorchLift
