#!/usr/bin/env python3
"""Sweeps the public API of torch 1.0.0: what of it runs there, and what migration makes of it.

    sweep_api.py [--area AREA]... [--sample N] [--symbol NAME] [--show] [--keep FOLDER]

Calls of every symbol are made from its signature and small tables (sweep_cases.py and its
neighbours), those that run in 1.0.0 are migrated and run in 2.7.0, and what comes back is compared.
A case that fails, warns or differs and of which migration says nothing (no edit of it, no residue)
is unexplained. Exit: 0 nothing unexplained fails that --allow does not allow for, 1 more does,
77 an environment is missing.
"""
import argparse
import json
import re
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from interpreters import SKIPPED, SOURCE, TARGET, default_home, missing_environments, run_all
from measure_rules import is_same_output, is_same_value
from sweep_snippets import SNIPPETS, snippets
from verdicts import comparable, complaints

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
PREFACE = ("import torch\nimport torch.nn as nn\nimport torch.nn.functional as F\n"
           "import torch.distributions as dist\nimport torch.utils.checkpoint\n"
           "import torch.utils.data\n\n")
DRAWS = re.compile(r"dropout|bernoulli|multinomial|gumbel|rrelu|fractional|geometric_|"
                   r"(Categorical|Binomial|Multinomial|Geometric|Bernoulli)\(.*sample", re.I)
SEARCHED = ["torch", "method", "functional"]
MADE = ["layer", "init", "optimizer", "scheduler", "distribution", "operator"]


def ask(environment, questions):
    """The printed JSON of each of `questions`, expressions over the sweep_ modules, in 1.0.0."""
    code = (f"import json, sys\nsys.path.insert(0, {str(HERE)!r})\n"
            "import sweep_cases, sweep_classes\nprint(json.dumps(%s))\n")
    runs = run_all(environment, [{"code": code % q, "timeout": 120} for q in questions])
    for question, run in zip(questions, runs):
        if run["outcome"] != "ok":
            print(f"search left out: {question}: {run['outcome']} {run['error']}", file=sys.stderr)
    return [json.loads(run["stdout"].splitlines()[-1]) if run["outcome"] == "ok" else []
            for run in runs]


def find_cases(environment, areas, symbol):
    """{(area, symbol): [[line]]} of what runs in 1.0.0."""
    listed = [a for a in areas if a in SEARCHED + MADE]
    names = ask(environment, [f"sweep_cases.members('{a}')" if a in SEARCHED
                              else f"sweep_classes.AREAS['{a}'][0]()" for a in listed])
    keys = [(area, name) for area, group in zip(listed, names) for name in group
            if not symbol or name == symbol]
    found = dict(zip(keys, ask(environment, [
        f"sweep_cases.cases({area!r}, {name!r})" if area in SEARCHED
        else f"sweep_classes.AREAS[{area!r}][1]({name!r})" for area, name in keys])))
    for area in areas:
        if area in SNIPPETS:
            found[area, area] = snippets(area)
    return {key: cases for key, cases in found.items() if cases}


def script(cases):
    """One file with a function for each case, and the line each of them begins at."""
    text, starts = PREFACE, []
    for index, lines in enumerate(cases):
        starts.append(text.count("\n") + 1)
        text += f"\ndef case_{index}():\n" + "".join(f"    {line}\n" for line in lines) + "\n"
    return text, starts


def migrate(cli, scripts):
    """[(new code, [line that an edit or residue names])] of scripts."""
    with tempfile.TemporaryDirectory() as folder:
        old, new, report = (Path(folder) / name for name in ("old", "new", "report.json"))
        for index, text in enumerate(scripts):
            (old / str(index)).mkdir(parents=True)
            (old / str(index) / "main.py").write_text(text, encoding="utf-8")
        subprocess.run([str(cli), "migrate", str(old), "--out", str(new), "--accept", "review",
                        f"--json={report}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        files = {found["file"]: found for found in json.loads(report.read_text())["files"]}
        result = []
        for index, text in enumerate(scripts):
            path = new / str(index) / "main.py"
            entry = files.get(f"{index}/main.py", {"edits": [], "residues": []})
            marks = [(found["line"], found["ruleId"] or found["symbol"])
                     for found in entry["edits"] + entry["residues"]]
            result.append((path.read_text() if path.exists() else text, marks))
        return result


def state(old, new):
    if new["outcome"] != "ok":
        return "fails", new["error"] or new["outcome"]
    left, right = old["values"].get("result"), new["values"].get("result")
    if (left is None) != (right is None):
        return "differs", "another type"
    if left is not None and not is_same_value(left, right):
        return "differs", brief(left) + " | " + brief(right)
    if not is_same_output(old["stdout"], new["stdout"]):
        return "differs", "stdout"
    return ("warns", complaints(new)[0]) if complaints(new) else ("same", "")


def brief(value):
    if "items" in value:
        return "[" + ", ".join(map(brief, value["items"][:3])) + "]"
    shown = value.get("text") or " ".join("%.4g" % v for v in value.get("values", [])[:4])
    return f"{value['type']} {value.get('dtype', '')} {value.get('shape', '')} {shown}"


def is_random(symbol, lines):
    """Whether a case draws what is known to be drawn otherwise now (random-seed-streams)."""
    return bool(DRAWS.search(symbol) or DRAWS.search(" ".join(lines)))


def sweep(arguments):
    source, target = (arguments.environments / f"torch-{v}" for v in (SOURCE, TARGET))
    found = find_cases(source, arguments.area or SEARCHED + MADE + list(SNIPPETS), arguments.symbol)
    if arguments.sample:
        keys = sorted(found)
        found = {key: found[key] for key in keys[::max(1, len(keys) // arguments.sample)]}
    scripts = [script(cases) for cases in found.values()]
    migrated = migrate(arguments.cli, [text for text, _ in scripts])
    jobs = [(source, [text for text, _ in scripts]), (target, [text for text, _ in scripts]),
            (target, [text for text, _ in migrated])]
    with ThreadPoolExecutor(len(jobs)) as pool:
        olds, befores, afters = pool.map(lambda job: run_all(
            job[0], [{"code": text, "cases": True, "timeout": 120} for text in job[1]]), jobs)
    counts, failing, seconds = Counter(), defaultdict(list), {}
    for (key, cases), (_, starts), (new_text, marks), old, before, after in zip(
            found.items(), scripts, migrated, olds, befores, afters):
        if arguments.keep:
            arguments.keep.mkdir(parents=True, exist_ok=True)
            (arguments.keep / ("_".join(key).replace("/", "div") + ".py")).write_text(new_text)
        for index, lines in enumerate(cases):
            runs = [run.get("cases", {}).get(f"case_{index}", dict(
                outcome="fails", error=run["outcome"] + run["error"], warnings=[], values={},
                stdout="")) for run in (old, before, after)]
            reference, unchanged, new = map(comparable, runs)
            if reference["outcome"] != "ok" or reference.get("isUnstable"):
                counts["no reference"] += 1
                continue
            end = starts[index] + len(lines) + 2
            told = sorted({rule for line, rule in marks if starts[index] <= line < end})
            if is_random(key[1], lines) and state(reference, new)[0] == "differs":
                counts["draws other numbers"] += 1
                continue
            was, (now, reason) = state(reference, unchanged)[0], state(reference, new)
            counts[f"{was}->{now}" + (" told" if told and now != "same" else "")] += 1
            if now != "same":
                failing[key].append((was, now, told, reason, lines))
    for key, cases in failing.items():
        for was, now, told, reason, lines in cases:
            if not told or arguments.show:
                print(f"{was:7} {now:7} {'/'.join(key):28} {' ; '.join(lines)[:arguments.width]}"
                      f"   => {reason[:arguments.width]} {told}")
    print()
    for what, count in sorted(counts.items()):
        print(f"{count:6}  {what}")
    total = sum(n for what, n in counts.items() if "->" in what)
    silent = {w: sum(n for what, n in counts.items() if what.endswith("->" + w))
              for w in ("fails", "differs", "warns")}
    print(f"{len(found)} symbols, {total} calls that run in {SOURCE}; nothing said of "
          + ", ".join(f"{n} that {w}" for w, n in silent.items()))
    return 1 if silent["fails"] > arguments.allow else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--area", action="append", choices=SEARCHED + MADE + list(SNIPPETS))
    parser.add_argument("--symbol", help="only the symbol of this name")
    parser.add_argument("--sample", type=int, default=0, help="about so many symbols; 0: all")
    parser.add_argument("--show", action="store_true", help="what migration speaks of, too")
    parser.add_argument("--keep", type=Path, help="write the migrated code below this folder")
    parser.add_argument("--allow", type=int, default=0, help="silent failures that are known")
    parser.add_argument("--width", type=int, default=150)
    parser.add_argument("--cli", type=Path, default=ROOT / "build" / "dev" / "bin" / "torchlift-cli")
    parser.add_argument("--environments", type=Path, default=default_home() / "environments")
    arguments = parser.parse_args()
    for version in missing_environments(arguments.environments):
        print(f"skipped: there is no environment for torch {version}")
        return SKIPPED
    return sweep(arguments)


if __name__ == "__main__":
    sys.exit(main())
