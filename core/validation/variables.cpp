#include "validation/variables.h"

#include <algorithm>
#include <cmath>

namespace TorchLift {

bool isMask(const Variable &oldVariable, const Variable &newVariable)
{
    return oldVariable.dtype == "uint8" && newVariable.dtype == "bool";
}

bool isItem(const Variable &oldVariable, const Variable &newVariable)
{
    return oldVariable.type == "torch.Tensor" && oldVariable.shape.empty()
           && !oldVariable.requiresGrad && newVariable.dtype.empty()
           && (newVariable.type == "float" || newVariable.type == "int");
}

std::string withoutItems(std::string text)
{
    constexpr std::string_view item = "t()"; // as resources/worker/torchlift_values.py writes it
    for (std::size_t at = text.find(item); at != std::string::npos; at = text.find(item, at)) {
        text.erase(at, item.size());
    }
    return text;
}

bool isExpectedDtype(const Variable &oldVariable, const Variable &newVariable)
{
    return isMask(oldVariable, newVariable) || isItem(oldVariable, newVariable);
}

Tolerance toleranceFor(const Tolerance &tolerance, const Variable &left, const Variable &right)
{
    Tolerance own = tolerance;
    const auto has = [&](const char *dtype) { return left.dtype == dtype || right.dtype == dtype; };
    if (has("float16")) {
        own.relative = std::max(own.relative, 1e-3);
    }
    if (has("bfloat16")) {
        own.relative = std::max(own.relative, 1.6e-2);
    }
    double largest = 0;
    for (const Variable *variable : {&left, &right}) {
        for (const double value : variable->values) {
            largest = std::isfinite(value) ? std::max(largest, std::abs(value)) : largest;
        }
    }
    if (left.values.size() > 1) {
        own.absolute = std::max(own.absolute, 1e-6 * largest);
    }
    return own;
}

bool isFloating(const Variable &variable)
{
    if (!variable.dtype.empty()) {
        return variable.dtype.find("float") != std::string::npos;
    }
    return std::any_of(variable.values.begin(), variable.values.end(),
                       [](double value) { return value != std::trunc(value); });
}

bool isDrift(const Variable &left, const Variable &right, double norm)
{
    constexpr std::size_t fewest = 32;
    constexpr double directed = 0.5;
    const std::size_t count = left.values.size();
    if (count < fewest || !isFloating(left) || !isFloating(right)) {
        return false;
    }
    double squares = 0, oldSquares = 0, newSquares = 0, product = 0, sum = 0;
    double largestDifference = 0, largest = 0;
    std::size_t differing = 0;
    for (std::size_t i = 0; i < count; ++i) {
        const double oldValue = left.values[i];
        const double difference = right.values[i] - oldValue;
        squares += difference * difference;
        oldSquares += oldValue * oldValue;
        newSquares += right.values[i] * right.values[i];
        product += difference * oldValue;
        sum += difference;
        largestDifference = std::max(largestDifference, std::abs(difference));
        largest = std::max({largest, std::abs(oldValue), std::abs(right.values[i])});
        differing += difference != 0 ? 1 : 0;
    }
    if (!std::isfinite(squares + oldSquares + newSquares) || 2 * differing < count) {
        return false;
    }
    const double size = std::sqrt(squares);
    const double root = std::sqrt(static_cast<double>(count));
    return size <= norm * std::sqrt(std::max(oldSquares, newSquares))
           && largestDifference <= norm * largest
           && std::abs(product) <= directed * size * std::sqrt(oldSquares)
           && std::abs(sum) <= directed * size * root;
}

} // namespace TorchLift
