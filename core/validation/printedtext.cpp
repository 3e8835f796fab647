#include "validation/printedtext.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "validation/profilertables.h"

namespace TorchLift {

namespace {

bool isSpace(char letter) noexcept
{
    return letter == ' ' || (letter >= '\t' && letter <= '\r');
}

bool isDigit(char letter) noexcept
{
    return letter >= '0' && letter <= '9';
}

// Bytes above 127 belong to letters of other alphabets.
bool isWord(char letter) noexcept
{
    return isDigit(letter) || letter == '_' || (letter >= 'a' && letter <= 'z')
           || (letter >= 'A' && letter <= 'Z') || (static_cast<unsigned char>(letter) & 0x80U) != 0;
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
    if (left.isDuration && right.isDuration) {
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
        } else if (tokens[i].text == "True" || tokens[i].text == "False") {
            kept.push_back({tokens[i].text, tokens[i].text == "True" ? 1.0 : 0.0, 0, true});
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

// What further runs tell about the numbers of an output, place by place.
class OutputNoise
{
public:
    OutputNoise(const std::vector<Token> &usual, const FurtherRuns &further)
    {
        measure(usual, further.moved);
        const Numbers repeated(usual, further.repeated);
        for (std::size_t i = 0; i < repeated.values.size(); ++i) {
            m_isUnstable.push_back(usual[i].isNumber && usual[i].number != repeated.values[i]
                                   && !std::isnan(usual[i].number));
        }
    }

    [[nodiscard]] bool isUnstable(std::size_t index) const
    {
        return index < m_isUnstable.size() && m_isUnstable[index];
    }
    [[nodiscard]] double at(std::size_t index) const
    {
        return index < m_noise.size() ? m_noise[index] : 0;
    }

private:
    // The numbers of another output in the places of the usual one's; none where its words differ.
    struct Numbers
    {
        Numbers(const std::vector<Token> &usual, const Run *run)
        {
            if (run == nullptr) {
                return;
            }
            const std::string text = withoutProfilerTables(run->output);
            const std::vector<Token> tokens = tokenize(text);
            const auto isSame = [](const Token &a, const Token &b) {
                return a.isNumber == b.isNumber && (a.isNumber || a.text == b.text);
            };
            if (!std::equal(usual.begin(), usual.end(), tokens.begin(), tokens.end(), isSame)) {
                return;
            }
            for (const Token &token : tokens) {
                values.push_back(token.number);
            }
        }

        std::vector<double> values;
    };

    // What is printed grows with time, and so does noise: the largest up to each place counts,
    // in proportion to the number.
    void measure(const std::vector<Token> &usual, const Run *run)
    {
        double largest = 0;
        const Numbers moved(usual, run);
        for (std::size_t i = 0; i < moved.values.size(); ++i) {
            const double size = std::max(std::abs(usual[i].number), std::abs(moved.values[i]));
            const double movement = std::abs(usual[i].number - moved.values[i]);
            if (std::isfinite(movement) && size > 0) {
                largest = std::max(largest, movement / size);
            }
            m_noise.push_back(kNoiseFactor * largest * std::abs(usual[i].number));
        }
    }

    std::vector<double> m_noise;
    std::vector<bool> m_isUnstable;
};

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
    const OutputNoise noise(oldTokens, further);
    TextComparison comparison;
    const std::size_t common = std::min(oldTokens.size(), newTokens.size());
    std::size_t index = 0;
    for (; index < common; ++index) {
        if (noise.isUnstable(index) && newTokens[index].isNumber) {
            comparison.isSomeLeftOut = true;
            continue;
        }
        const Closeness closeness =
            compareTokens(oldTokens[index], newTokens[index], tolerance, noise.at(index));
        if (closeness == Closeness::Different) {
            break;
        }
        comparison.closeness = worse(comparison.closeness, closeness);
        comparison.numbers += oldTokens[index].isNumber ? 1 : 0;
    }
    if (index == oldTokens.size() && index == newTokens.size()) {
        return comparison;
    }
    comparison.closeness = Closeness::Different;
    comparison.oldPart = lineAround(oldText, oldTokens, index);
    comparison.newPart = lineAround(newText, newTokens, index);
    comparison.differsInDtypeOnly =
        agree(withoutDtypes(oldTokens), withoutDtypes(newTokens), tolerance);
    return comparison;
}

} // namespace TorchLift
