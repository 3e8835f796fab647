"""The examples of torch's own docstrings: which run, and what migration makes of them.

An example is what of a docstring's statements runs in 1.0.0 in order: what shows CUDA, names files
nobody has or raises on purpose has no reference there. Names that examples take for granted
(`model`, `optimizer`) get a stand-in. Random numbers start anew before each statement; values that
change with what fresh memory holds (torch.empty) are left out.
"""
import json
import subprocess
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from interpreters import SOURCE, TARGET, run_all
from measure_rules import difference
from verdicts import comparable, complaints

STAND_INS = {
    "model": "model = nn.Sequential(nn.Linear(4, 4), nn.Linear(4, 2))",
    "module": "module = nn.Linear(2, 2)",
    "optimizer": "optimizer = optim.SGD([nn.Parameter(torch.ones(2))], lr=0.1, momentum=0.9)",
    "self": "self = nn.Module()",
    "num_features": "num_features = 3",
    "loss_fn": "loss_fn = F.mse_loss",
    "loss_closure": "loss_closure = None",
    "target": "target = torch.ones(1, 2)",
    "train": "def train(*ignored):\n    optimizer.step()",
    "validate": "def validate(*ignored):\n    return 1.0",
    "init_weights": "def init_weights(module):\n    pass",
    "I": "I = torch.tensor([[0, 1, 1], [2, 0, 2]])",
    "dims": "dims = [3, 4]",
}
# What the issue of migration promises of them.
FEWEST_RUN, FEWEST_FAILING, FEWEST_QUIET = 391, 17, 17
# Draws other numbers from the same distribution, which has to be said.
OTHER_NUMBERS = {"torch.distributions.Binomial"}
# Nothing in the target does what it did; the residue says so.
WITHOUT_REPLACEMENT = {"torch.pstrf"}


def extract(environment):
    """{"preface": code, "examples": {name: [statement]}} of one environment's docstrings."""
    script = Path(__file__).with_name("extract_docstrings.py")
    with tempfile.TemporaryDirectory() as folder:
        output = subprocess.run([str(environment / "bin" / "python"), str(script)], cwd=folder,
                                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True)
    return json.loads(output.stdout)


def is_code(statement):
    return any(line.strip() and not line.strip().startswith("#") for line in statement.splitlines())


def runnable(environment, found):
    """{name: code} of the examples of which something runs, and how many run whole."""
    requests = [{"preface": found["preface"], "statements": statements, "stand_ins": STAND_INS}
                for statements in found["examples"].values()]
    examples, whole = {}, 0
    for (name, statements), answer in zip(found["examples"].items(),
                                          run_all(environment, requests)):
        kept = [s for s, runs in zip(statements, answer.get("kept", ())) if runs]
        if any(map(is_code, kept)):
            stand_ins = "".join(STAND_INS[used] + "\n" for used in answer["used"])
            examples[name] = found["preface"] + stand_ins + "".join(kept)
            whole += len(kept) == len(statements)
    return examples, whole


def stable(run, other):
    """`run` without the values that came out otherwise in `other`, the same code run again."""
    names = {name for name, value in run["values"].items() if other["values"].get(name) == value}
    return dict(run, values={name: run["values"][name] for name in names},
                isPrintStable=run["stdout"] == other["stdout"])


def run_examples(environments, examples, new_examples):
    """[old@source, old@target, new@target] of every example."""
    source, target = (environments / f"torch-{v}" for v in (SOURCE, TARGET))

    def run(environment, group, perturb):
        requests = [{"code": code, "by_statement": True} for code in group.values()]
        return run_all(environment, requests, perturb, size=1)

    jobs = [(source, examples, 85), (source, examples, 170), (target, examples, 85),
            (target, new_examples, 85)]
    with ThreadPoolExecutor(len(jobs)) as pool:
        first, second, old_target, new_target = pool.map(lambda job: run(*job), jobs)
    results = []
    for source_run, other, *target_runs in zip(first, second, old_target, new_target):
        kept = stable(source_run, other)
        group = [kept, *target_runs] if kept["isPrintStable"] \
            else [dict(run, stdout="") for run in (kept, *target_runs)]
        results.append([comparable(run) for run in group])
    return results


def state(old_source, run):
    """One word for what an example does in the target. A mask of another dtype differs, too."""
    if run["outcome"] != "ok":
        return "fails"
    found = difference(old_source, run, is_strict=True)
    if found:
        return "random" if found in old_source["random"] else "differs"
    return "warns" if complaints(run) else "same"


def marks(cli, code):
    """What migration says about `code`: its edits and residues."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "example.py"
        path.write_text(code, encoding="utf-8")
        done = subprocess.run([str(cli), "migrate", str(path), "--json", "-"],
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    report = json.loads(done.stdout)
    return sorted({found["ruleId"] or found["symbol"]
                   for found in report["edits"] + report["residues"]})


def check(name, is_true, figures):
    print(f"{'holds' if is_true else 'WRONG'}  {name}: {figures}")
    return is_true


def judge(before, after, marked, count):
    """Prints what was promised beside what was found; whether all of it holds."""
    failing = [n for n in before if before[n] == "fails"]
    warning = [n for n in before if before[n] == "warns"]
    differing = [n for n in before if before[n] == "differs" or n in OTHER_NUMBERS]
    others = [n for n in before if before[n] in ("same", "random") and n not in OTHER_NUMBERS]
    equal = {"same", "warns"}
    left = [n for n in failing if after[n] not in equal and n not in WITHOUT_REPLACEMENT]
    unexplained = [n for n in WITHOUT_REPLACEMENT & set(failing) if not marked.get(n)]
    unmarked = [n for n in differing if after[n] not in equal and not marked.get(n)]
    loud = [n for n in warning if after[n] != "same"]
    harmed = [n for n in others if after[n] in ("fails", "differs")
              or (after[n] == "random" and before[n] == "same")]
    harmed += [n for n in warning + differing if after[n] == "fails"]
    harmed += [n for n in warning if after[n] == "differs"]
    checks = [
        check(f"examples that run in {SOURCE}", count >= FEWEST_RUN, f"{count} of {FEWEST_RUN}"),
        check(f"fail unchanged in {TARGET}", len(failing) >= FEWEST_FAILING,
              f"{len(failing)}; after migration {len(failing) - len(left)} right or explained"
              + "".join(f"\n         {n}" for n in left)),
        check("those that stay are explained and the others equal", not left and not unexplained,
              ", ".join(left + unexplained) or "all"),
        check("differ", not unmarked, f"{len(differing)}; "
              f"{sum(after[n] in equal for n in differing)} made equal, "
              f"{sum(after[n] not in equal for n in differing) - len(unmarked)} marked"
              + "".join(f"\n         unmarked: {n}" for n in unmarked)),
        check("warn", len(warning) - len(loud) >= min(FEWEST_QUIET, len(warning)),
              f"{len(warning)}; {len(warning) - len(loud)} no longer"
              + "".join(f"\n         {n}" for n in loud)),
        check("harmed", not harmed, f"{len(harmed)} of {len(before)}"
              + "".join(f"\n         {n}: {before[n]} -> {after[n]}" for n in harmed)),
    ]
    return all(checks)


def score(environments, cli, migrate_all, arguments):
    """Prints the table and the summary; 0 when every promise holds."""
    found = extract(environments / f"torch-{SOURCE}")
    examples, whole = runnable(environments / f"torch-{SOURCE}", found)
    new_examples = migrate_all(cli, examples)
    before, after, marked, count = {}, {}, {}, 0
    for name, runs in zip(examples, run_examples(environments, examples, new_examples)):
        old_source, old_target, new_target = runs
        if old_source["outcome"] != "ok":
            continue
        count += 1
        before[name], after[name] = state(old_source, old_target), state(old_source, new_target)
        if before[name] in ("differs", "fails") or name in OTHER_NUMBERS:
            marked[name] = marks(cli, examples[name])
        if arguments.all or (before[name], after[name]) != ("same", "same"):
            reason = new_target["error"] or difference(old_source, new_target, True) \
                or "; ".join(complaints(new_target))
            print(f"{before[name]:7} -> {after[name]:7} {name:40} {reason[:arguments.width]!r} "
                  f"{' '.join(marked.get(name, ()))}")
    print(f"\n{len(found['examples'])} docstrings with examples, {count} run in {SOURCE} "
          f"({whole} whole); in {TARGET} before: {dict(Counter(before.values()))}, "
          f"after: {dict(Counter(after.values()))}")
    return 0 if judge(before, after, marked, count) else 1
