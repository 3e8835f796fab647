#include "source/evaluator.h"

namespace TorchLift {

namespace {

// What a loader's usual collate_fn makes of many such items: numbers and arrays become tensors,
// containers keep their shape.
Type collatedByDefault(const Type &item)
{
    switch (item.kind) {
    case TypeKind::Tensor:
        return Type::tensor(item.rank < 0 ? -1 : item.rank + 1, item.element);
    case TypeKind::Number:
        return Type::tensor(1, item.element);
    case TypeKind::Array:
        return Type::tensor(item.rank < 0 ? -1 : item.rank + 1, elementInTensor(item.element));
    case TypeKind::Unknown: // as good as anything that a loader gives
        return Type::tensor();
    case TypeKind::String: {
        Type list = Type::of(TypeKind::List);
        list.elements = {item};
        return list;
    }
    case TypeKind::List: // one position after the other, as many as an item has
    case TypeKind::Tuple:
    case TypeKind::Dict: {
        Type batch = Type::of(item.kind, item.name);
        for (const Type &part : item.elements) {
            batch.elements.push_back(collatedByDefault(part));
        }
        return batch;
    }
    default:
        return {};
    }
}

} // namespace

// One of a TensorDataset's items.
Type Evaluator::rowOf(const Type &tensors)
{
    Type row = Type::of(TypeKind::Tuple);
    for (const Type &tensor : tensors.elements) {
        row.elements.push_back(
            Type::tensor(tensor.rank > 0 ? tensor.rank - 1 : -1, tensor.element));
    }
    return row;
}

// What dataset[i] gives.
Type Evaluator::itemOf(const Type &dataset)
{
    const bool isOwn = dataset.kind == TypeKind::LocalInstance;
    if (!isOwn && dataset.kind != TypeKind::Instance) {
        return elementOf(dataset);
    }
    const Type method =
        isOwn ? memberOf(dataset.local, "__getitem__") : foreignMember(dataset.name, "__getitem__");
    if (method.kind == TypeKind::LocalFunction) {
        return m_data.functions[static_cast<std::size_t>(method.local)].result;
    }
    return method.isSymbol() ? callForeign(method.name, {}, true) : elementOf(dataset);
}

// What a loader gives that is made with these arguments; empty where nothing better is known than
// that they are tensors.
std::vector<Type> Evaluator::batchesOf(const ArgumentFacts &facts)
{
    Type dataset;
    Type collate;
    for (std::size_t i = 0; i < facts.size(); ++i) {
        if (facts[i].keyword == "dataset" || (i == 0 && facts[i].keyword.empty())) {
            dataset = facts[i].type;
        } else if (facts[i].keyword == "collate_fn") {
            collate = facts[i].type;
        }
    }
    Type batch;
    if (collate.kind == TypeKind::LocalFunction) {
        batch = m_data.functions[static_cast<std::size_t>(collate.local)].result;
    } else if (collate.isSymbol()) {
        batch = callForeign(collate.name, {}, false);
    } else if (const Type item = itemOf(dataset); collate.isUnknown() && !item.isUnknown()) {
        batch = collatedByDefault(item);
    }
    for (Type &part : batch.elements) {
        part = part.isUnknown() ? Type::tensor() : part;
    }
    const bool isTold = batch.isTensor() || !batch.elements.empty();
    return isTold ? std::vector<Type>{batch} : std::vector<Type>{};
}

} // namespace TorchLift
