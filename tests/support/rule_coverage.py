#!/usr/bin/env python3
"""How much of what torch 1.0.0 had and 2.7.0 lacks the rules speak of.

    rule_coverage.py [--surface FILE] [--rules FOLDER] [--all]

A symbol counts as covered when a rule that rewrites names it, as reasoned when a rule without
cases says why nothing can be written in its place (or same_signatures.yaml why nothing changed).
Exit: 0 every documented symbol is covered or reasoned, 1 one is not, 77 the surface is missing.
"""
import argparse
import json
import sys
from collections import Counter
from pathlib import Path

SKIPPED = 77
ROOT = Path(__file__).resolve().parents[2]
SURFACE = ROOT.parent / "shared" / "api" / "surface.json"
KINDS = ["documented_gone", "exists_but_raises", "undocumented_gone", "signature"]
REQUIRED = {"documented_gone", "exists_but_raises"}


def read_rules(folder):
    """{symbol: "rule" or "reasoned"} and every rule, of all files of `folder`."""
    import yaml

    found, rules = {}, []
    for path in sorted(Path(folder).glob("*.yaml")):
        rules += yaml.safe_load(path.read_text(encoding="utf-8"))["rules"]
    for rule in rules:
        has_rewrite = bool(rule.get("transform") or any("replace" in c for c in rule["cases"]))
        for symbol in rule["symbols"]:
            if has_rewrite or symbol not in found:
                found[symbol] = "rule" if has_rewrite else "reasoned"
    return found, rules


def read_same_signatures(file):
    """Symbols whose parameters only seem to differ."""
    import yaml

    groups = yaml.safe_load(file.read_text(encoding="utf-8"))
    return {symbol for group in groups for symbol in group["symbols"]}


def owners(symbol):
    """The symbol and what it is a member of, nearest first."""
    while symbol:
        yield symbol
        symbol = symbol.rpartition(".")[0]


def classify(symbol, kind, covered, same):
    if kind == "signature" and symbol not in covered:
        return "reasoned" if symbol in same else "none"
    if kind == "signature":
        return covered[symbol]
    return next((covered[owner] for owner in owners(symbol) if owner in covered), "none")


def print_rules(rules):
    proofs = Counter(example["proof"] for rule in rules for example in rule["examples"])
    releases = Counter(str(rule["broken"]) for rule in rules)
    rewriting = sum(bool(r.get("transform") or any("replace" in c for c in r["cases"]))
                    for r in rules)
    print(f"{len(rules)} rules, {rewriting} of them rewrite; examples: "
          + ", ".join(f"{name} {count}" for name, count in sorted(proofs.items())))
    print("breaking releases: " + ", ".join(
        f"{release} {releases[release]}"
        for release in sorted(releases, key=lambda text: [int(n) for n in text.split(".")])))
    for rule in rules:
        proofs = Counter(example["proof"] for example in rule["examples"])
        print(f"    {rule['id']:28} broken in {rule['broken']:5} "
              + ", ".join(f"{name} {count}" for name, count in sorted(proofs.items())))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--surface", type=Path, default=SURFACE)
    parser.add_argument("--rules", type=Path, default=ROOT / "resources" / "rules")
    parser.add_argument("--all", action="store_true", help="print every symbol with its class")
    arguments = parser.parse_args()
    if not arguments.surface.exists():
        print(f"skipped: there is no {arguments.surface}")
        return SKIPPED
    try:
        covered, rules = read_rules(arguments.rules)
        same = read_same_signatures(Path(__file__).with_name("same_signatures.yaml"))
    except ImportError:
        print("skipped: PyYAML is missing (apt install python3-yaml)")
        return SKIPPED
    surface = json.loads(arguments.surface.read_text(encoding="utf-8"))
    missing_required = 0
    for kind in KINDS:
        classes = {s: classify(s, kind, covered, same) for s in sorted(surface[kind])}
        counts = Counter(classes.values())
        print(f"{kind:18} {len(classes):4} symbols: {counts['rule']} with a rule, "
              f"{counts['reasoned']} reasoned, {counts['none']} without")
        for symbol, found in classes.items():
            if found == "none" or arguments.all:
                print(f"    {found:8} {symbol}")
        if kind in REQUIRED:
            missing_required += counts["none"]
    print_rules(rules)
    return 1 if missing_required else 0


if __name__ == "__main__":
    sys.exit(main())
