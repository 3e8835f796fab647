#!/usr/bin/env python3
"""Measures the rules' examples in the real environments and checks the proofs they state.

    measure_rules.py [--rule ID]...                 old@1.0.0, old@2.7.0, new@2.7.0, checked
    measure_rules.py --environment PATH [--json]    what each old form does in one environment

Exit: 0 every stated proof holds, 1 one is wrong, 77 an environment or PyYAML is missing.
"""
import argparse
import json
import math
import re
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from interpreters import SKIPPED, SOURCE, TARGET, default_home, run_all

FLOATS = {"float", "float16", "bfloat16", "float32", "float64"}
# What 1.0 said with uint8, 2.7 says with bool; the values are what counts.
TRUTH = {"uint8", "bool"}
NUMBER = re.compile(r"-?\d+(?:\.\d*)?(?:e[+-]?\d+)?")
TOLERANCE = {"rel_tol": 1e-3, "abs_tol": 1e-4}


@dataclass(frozen=True)
class Example:
    rule: str
    index: int
    effect: str
    proof: str
    safety: str
    old: str
    new: str

    @property
    def name(self):
        return f"{self.rule}/{self.index}"


def load_examples(folder):
    """Every example of every rule file of `folder`, in the order of files."""
    import yaml

    examples = []
    for path in sorted(Path(folder).glob("*.yaml")):
        for rule in yaml.safe_load(path.read_text(encoding="utf-8"))["rules"]:
            for index, example in enumerate(rule["examples"]):
                examples.append(Example(rule["id"], index, rule["effect"], example["proof"],
                                        rule["safety"], example["old"], example["new"]))
    return examples


def is_same_type(left, right, is_strict):
    if not is_strict and {left, right} <= TRUTH:
        return True
    return left == right


def is_same_value(left, right, is_strict=False):
    """Whether two described values agree; NaN agrees with NaN. Strictly, bool is not uint8."""
    if left["type"] != right["type"]:
        return False
    if "text" in left:
        return left["text"] == right["text"]
    if "items" in left:
        return (left.get("keys") == right.get("keys")
                and len(left["items"]) == len(right["items"])
                and all(is_same_value(a, b, is_strict)
                        for a, b in zip(left["items"], right["items"])))
    if not is_same_type(left.get("dtype"), right.get("dtype"), is_strict):
        return False
    if left.get("shape") != right.get("shape"):
        return False
    return all(a == b or (a != a and b != b) or math.isclose(a, b, **TOLERANCE)
               for a, b in zip(left["values"], right["values"]))


def is_same_output(left, right):
    """Whether two printed texts agree, numbers within tolerance."""
    if " ".join(NUMBER.sub("#", left).split()) != " ".join(NUMBER.sub("#", right).split()):
        return False
    return all(math.isclose(float(a), float(b), **TOLERANCE)
               for a, b in zip(NUMBER.findall(left), NUMBER.findall(right)))


def difference(left, right, is_strict=False):
    """What differs between two runs that were ok: a name, "stdout", or "" for nothing.
    None when there was nothing to compare."""
    names = set(left["values"]) & set(right["values"])
    for name in sorted(names):
        if not is_same_value(left["values"][name], right["values"][name], is_strict):
            return name
    if not is_same_output(left["stdout"], right["stdout"]):
        return "stdout"
    return "" if names or left["stdout"].strip() else None


def fault(example, old_source, old_target, new_target):
    """Why the stated proof or effect does not hold; "" when it does."""
    if example.proof == "not-runnable-here":
        ran = old_source["outcome"] == "ok" and not example.new
        return fault_of_effect(example, old_source, old_target, new_target) if ran else ""
    if new_target["outcome"] != "ok":
        return f"new form in {TARGET}: {new_target['outcome']} {new_target['error']}"
    if example.proof == "pre-source":
        return "" if old_source["outcome"] != "ok" else f"the old form works in {SOURCE}"
    if old_source["outcome"] != "ok":
        return f"old form in {SOURCE}: {old_source['outcome']} {old_source['error']}"
    return fault_of_effect(example, old_source, old_target, new_target) \
        or fault_of_values(example, old_source, new_target)


def fault_of_effect(example, old_source, old_target, new_target):
    if example.effect == "breaks":
        return f"the old form works in {TARGET}" if old_target["outcome"] == "ok" else ""
    if example.effect == "differs":
        if old_target["outcome"] != "ok" or difference(old_source, old_target):
            return ""
        return f"the old form gives the same in {TARGET}"
    if old_target["outcome"] != "ok":
        return f"old form in {TARGET}: {old_target['outcome']} {old_target['error']}"
    if not old_target["warnings"]:
        return f"the old form does not warn in {TARGET}"
    remaining = set(new_target["warnings"]) & set(old_target["warnings"])
    return f"the new form warns too: {sorted(remaining)[0]}" if remaining else ""


def fault_of_values(example, old_source, new_target):
    if example.proof != "equal":
        return ""
    found = difference(old_source, new_target)
    if found is None:
        return "nothing to compare"
    return f"differs: {found}" if found else ""


def summary(run):
    if run["outcome"] == "ok":
        return "ok, warns" if run["warnings"] else "ok"
    return f"{run['outcome']}: {run['error'][:48]}"


def check(examples, source, target):
    """Measures and prints a table; returns how many proofs are wrong."""
    with ThreadPoolExecutor(3) as pool:
        old_source = pool.submit(run_all, source, [e.old for e in examples])
        old_target = pool.submit(run_all, target, [e.old for e in examples])
        new_target = pool.submit(run_all, target, [e.new for e in examples])
        runs = list(zip(old_source.result(), old_target.result(), new_target.result()))
    wrong = 0
    for example, results in zip(examples, runs):
        reason = fault(example, *results)
        wrong += bool(reason)
        print(f"{'WRONG' if reason else 'holds'}  {example.name:34} {example.effect:8} "
              f"{example.proof:18} {' | '.join(summary(run) for run in results)}"
              + (f"\n       {reason}" if reason else ""))
    unsafe = {e.rule for e in examples if e.safety == "safe" and e.proof != "equal"}
    for rule in sorted(unsafe):
        print(f"WRONG  {rule}: safe, but not every example is proven equal")
    proofs = [e.proof for e in examples]
    print(f"{len({e.rule for e in examples})} rules, {len(examples)} examples, {wrong} wrong; "
          + ", ".join(f"{proof} {proofs.count(proof)}" for proof in sorted(set(proofs))))
    return wrong + len(unsafe)


def report(examples, environment, as_json):
    """What every old form does in one environment."""
    runs = run_all(environment, [e.old for e in examples])
    if as_json:
        print(json.dumps([dict(run, rule=e.rule, example=e.index, id=e.name)
                          for e, run in zip(examples, runs)], indent=1))
        return
    for example, run in zip(examples, runs):
        print(f"{example.name:34} {summary(run)}")


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    root = Path(__file__).resolve().parents[2]
    environments = default_home() / "environments"
    parser.add_argument("--rules", type=Path, default=root / "resources" / "rules")
    parser.add_argument("--rule", action="append", help="only this rule; may be repeated")
    parser.add_argument("--source", type=Path, default=environments / f"torch-{SOURCE}")
    parser.add_argument("--target", type=Path, default=environments / f"torch-{TARGET}")
    parser.add_argument("--environment", type=Path, help="run the old forms in this one only")
    parser.add_argument("--json", action="store_true", help="with --environment: as JSON")
    return parser.parse_args()


def main():
    arguments = parse_arguments()
    needed = [arguments.environment] if arguments.environment \
        else [arguments.source, arguments.target]
    for environment in needed:
        if not (environment / "bin" / "python").exists():
            print(f"skipped: there is no environment {environment}")
            return SKIPPED
    try:
        examples = load_examples(arguments.rules)
    except ImportError:
        print("skipped: PyYAML is missing (apt install python3-yaml)")
        return SKIPPED
    examples = [e for e in examples if not arguments.rule or e.rule in arguments.rule]
    if arguments.environment:
        report(examples, arguments.environment, arguments.json)
        return 0
    return 1 if check(examples, arguments.source, arguments.target) else 0


if __name__ == "__main__":
    sys.exit(main())
