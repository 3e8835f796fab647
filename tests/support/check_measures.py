#!/usr/bin/env python3
"""Compare `torchlift-cli evaluate retrieval` with trec_eval's numbers and SciPy's Wilcoxon test.

usage: check_measures.py TORCHLIFT_CLI [--ranking hybrid,dense,words]

The program writes its runs and judgements in TREC's formats; pytrec_eval works out the same measures
from these files. Packages go into a virtual environment of their own (TORCHLIFT_CHECK_ENV, or a
folder in the system's temporary one). Exit status: 0 equal, 1 not, 77 the packages or the embedding
model cannot be had.
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

PACKAGES = ["pytrec-eval-terrier==0.5.6", "scipy==1.13.1", "numpy==1.26.4"]
DEPTHS = [1, 2, 3, 5, 10, 15, 20, 50, 100]
PART_MISSING = 3  # the program's exit status
BOUND = 1e-6  # a run's scores have six digits in trec_eval's order


def reenter():
    folder = pathlib.Path(os.environ.get("TORCHLIFT_CHECK_ENV")
                          or pathlib.Path(tempfile.gettempdir()) / "torchlift-check-measures")
    python = folder / "bin" / "python"
    try:
        if not python.exists():
            subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check",
                        *PACKAGES], check=True, timeout=300)
    except (OSError, subprocess.SubprocessError) as error:
        print("skipped:", error)
        sys.exit(77)
    os.execv(str(python), [str(python), __file__, "--inside", *sys.argv[1:]])


def read(path, parts):
    rows = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        query, value = parts(line.split())
        rows.setdefault(query, {}).update(value)
    return rows


def theirs(run, qrels):
    import pytrec_eval
    values = {}
    for k in DEPTHS:
        cut = {query: dict(sorted(found.items(), key=lambda one: -one[1])[:k])
               for query, found in run.items()}
        names = {f"P_{k}", f"recall_{k}", f"success_{k}", "recip_rank", f"ndcg_cut_{k}", f"map_cut_{k}"}
        each = pytrec_eval.RelevanceEvaluator(qrels, names).evaluate(cut)
        for ours, name in (("precision", f"P_{k}"), ("recall", f"recall_{k}"),
                           ("hit rate", f"success_{k}"), ("MRR", "recip_rank"),
                           ("nDCG", f"ndcg_cut_{k}"), ("MAP", f"map_cut_{k}")):
            values[ours, k] = sum(each.get(query, {}).get(name, 0) for query in qrels) / len(qrels)
    return values


def recalls(run, qrels, k):
    return [len(set(sorted(run.get(query, {}), key=lambda one: -run[query][one])[:k])
                & {name for name, grade in judged.items() if grade > 0})
            / sum(grade > 0 for grade in judged.values())
            for query, judged in sorted(qrels.items())]


def check(cli, options):
    import scipy.stats
    wrong = compared = 0
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        done = subprocess.run([cli, "evaluate", "retrieval", *options, "--trec", name, "--json",
                               str(folder / "all.json")], stdout=subprocess.DEVNULL)
        if done.returncode == PART_MISSING:
            print("skipped: no embedding model is installed")
            return 77
        done.check_returncode()
        runs = {}
        for one in json.loads((folder / "all.json").read_text(encoding="utf-8"))["runs"]:
            base = "-".join(one[part] for part in ("set", "texts", "model", "precision", "ranking"))
            run = read(folder / (base + ".run"), lambda f: (f[0], {f[2]: float(f[4])}))
            qrels = read(folder / (base + ".qrels"), lambda f: (f[0], {f[2]: int(f[3])}))
            runs[one["set"], one["texts"], one["ranking"]] = run
            peer = theirs(run, qrels)
            for row in one["measures"]:
                compared += 1
                if abs(row["mean"] - peer[row["measure"], row["k"]]) > BOUND:
                    wrong += 1
                    print(base, row, "trec_eval:", peer[row["measure"], row["k"]])
            for row in one["tests"]:
                dense = runs.get((one["set"], one["texts"], "dense"))
                if row["measure"] != "recall" or dense is None:
                    continue
                a, b = recalls(run, qrels, row["k"]), recalls(dense, qrels, row["k"])
                p = 1.0 if a == b else scipy.stats.wilcoxon(a, b, correction=True, method="approx").pvalue
                compared += 1
                if abs(p - row["wilcoxon"]) > 1e-9:
                    wrong += 1
                    print(base, row, "SciPy:", p)
    print(f"{compared} numbers compared, {wrong} differ")
    return 1 if wrong or not compared else 0


if __name__ == "__main__":
    if len(sys.argv) < 2 or sys.argv[1] != "--inside":
        reenter()
    sys.exit(check(sys.argv[2], sys.argv[3:]))
