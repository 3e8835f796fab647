#!/usr/bin/env python3
"""Embedding and search against their peers: every row as a ratio in the same run, and the goal.

    benchmark_embedding.py [--build FOLDER] [--rounds 5] [--notes FOLDER]
                           [--only embedding|retrieval|search|scale|cuda]

One thread each; a whole retrieval on every core, too. A peer and ours take turns, --rounds times
after one that does not count; medians are compared. Peers: sentence-transformers (torch 2.7.0, fp32, batches of 32), the same with a Chroma
server, faiss IndexFlatIP, hnswlib's Python binding, in environments that peers.py makes. --notes:
a folder of release notes that is searched besides our catalogue. --only scale: a corpus of
100,000 synthetic notes, and indexes over its vectors and 1,000,000 (long; not part of a plain run).
--only cuda: embedding and exact search on a card, where there is one, against the peer on the same.
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import chroma
import peers
import sample_texts

QUESTION = "How do I solve a linear system without torch.gesv?"
PRECISIONS = ("fp32", "bf16", "int16", "int8")


class Probe:
    """One of our programs, which answers a line on its input with the seconds it took."""

    def __init__(self, *command):
        self.process = subprocess.Popen([str(word) for word in command], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        if not line:
            sys.exit(f"{command[0]} failed")
        self.report = json.loads(line)

    def time(self):
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return float(self.process.stdout.readline())

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def seconds(work):
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def take_turns(rounds, peer, ours):
    """Medians: (peer, {name: ours}). The first round warms up and is not counted."""
    theirs, times = [], {name: [] for name in ours}
    for number in range(rounds + 1):
        theirs.append(seconds(peer))
        for name, work in ours.items():
            times[name].append(work())
    return (statistics.median(theirs[1:]),
            {name: statistics.median(found[1:]) for name, found in times.items()})


def row(what, ours, theirs, goal, note=""):
    """`goal`: how many times as fast as the peer."""
    ratio = theirs / ours
    reached = "reached" if ratio >= goal else "NOT reached"
    print(f"{what:52} {ratio:6.2f} times, goal {goal:4.2f}: {reached}  {note}", flush=True)


def embedding_rows(folder, build, rounds):
    import numpy
    import torch
    from sentence_transformers import SentenceTransformer
    torch.set_num_threads(1)
    model = SentenceTransformer(str(peers.data_folder() / "models/all-MiniLM-L6-v2"), device="cpu")
    count = lambda text: len(model.tokenizer(text)["input_ids"])  # noqa: E731
    cases = [("1,000-character chunks", sample_texts.chunks(96),
              {"fp32": 1.3, "bf16": 4, "int16": 4, "int8": 4}),
             ("mixed lengths, mean about 109 tokens", sample_texts.mixed(256, count),
              {"bf16": 5, "int16": 5, "int8": 5, "fp32": 1.3})]
    for name, texts, goals in cases:
        source = folder / "texts.jsonl"
        source.write_text("".join(json.dumps(text) + "\n" for text in texts), encoding="utf-8")
        probes = {p: Probe(build / "embedding_probe", source, folder / f"{p}.f32", "--precision", p,
                           "--threads", 1, "--repeat", rounds + 1) for p in goals}
        theirs, ours = take_turns(rounds, lambda: model.encode(texts, batch_size=32),
                                  {p: probe.time for p, probe in probes.items()})
        reference = model.encode(texts, batch_size=32).astype(numpy.float64)
        tokens = probes["fp32"].report["tokens"]
        for precision, goal in goals.items():
            probes[precision].close()
            vectors = numpy.fromfile(folder / f"{precision}.f32", dtype=numpy.float32)
            vectors = vectors.reshape(len(texts), -1).astype(numpy.float64)
            lowest = (vectors * reference).sum(1) / numpy.linalg.norm(vectors, axis=1)
            lowest = (lowest / numpy.linalg.norm(reference, axis=1)).min()
            row(f"{name}, {precision}", ours[precision], theirs, goal,
                f"{tokens / ours[precision]:.0f} against {tokens / theirs:.0f} tokens/s, "
                f"lowest cosine {lowest:.7f}")
    one_query(model, folder, build, rounds)


def one_query(model, folder, build, rounds):
    texts = [QUESTION] * 30
    source = folder / "queries.jsonl"
    source.write_text("".join(json.dumps(text) + "\n" for text in texts), encoding="utf-8")
    probes = {p: Probe(build / "embedding_probe", source, folder / "q.f32", "--precision", p,
                       "--threads", 1, "--one-by-one", "--repeat", rounds + 1)
              for p in PRECISIONS}
    theirs, ours = take_turns(rounds, lambda: [model.encode(text) for text in texts],
                              {p: probe.time for p, probe in probes.items()})
    for precision, probe in probes.items():
        probe.close()
        row(f"one query embedded, {precision}", ours[precision], theirs, 3,
            f"{ours[precision] / len(texts) * 1000:.2f} against "
            f"{theirs / len(texts) * 1000:.2f} ms")


def retrieval_rows(folder, build, rounds, notes, threads, lines=200, at_once=6):
    """The whole way from a file of code to six chunks, another file each time, with as many threads
    for the peer. A turn is some files: after another process' turn the first one finds every cache
    cold."""
    import torch
    from sentence_transformers import SentenceTransformer
    torch.set_num_threads(threads)
    model = SentenceTransformer(str(peers.data_folder() / "models/all-MiniLM-L6-v2"), device="cpu")
    codes = sample_texts.files_of(lines, (rounds + 1) * at_once)
    files = []
    for number, code in enumerate(codes):
        files.append(folder / f"code{number}.py")
        files[-1].write_text(code, encoding="utf-8")
    probes = {p: Probe(build / "retrieval_probe", folder / f"chunks-{p}.jsonl", *files,
                       *(["--notes", notes] if notes else []), "--precision", p, "--threads", threads,
                       "--at-once", at_once)
              for p in PRECISIONS}
    with open(folder / "chunks-fp32.jsonl", encoding="utf-8") as source:
        chunks = [json.loads(line) for line in source]
    with chroma.Chroma() as server:
        server.fill(chunks, model.encode([chunk["text"] for chunk in chunks], batch_size=32))
        turns = iter(codes[first:first + at_once] for first in range(0, len(codes), at_once))
        theirs, ours = take_turns(
            rounds,
            lambda: [server.nearest(model.encode(code), "1.0.0", "2.7.0", 6)
                     for code in next(turns)],
            {p: probe.time for p, probe in probes.items()})
    for precision, probe in probes.items():
        probe.close()
        taken = ours[precision] / at_once * 1000
        row(f"whole retrieval, {lines} lines, threads {threads}, {precision}", ours[precision],
            theirs, 5,
            f"{taken:.1f} against {theirs / at_once * 1000:.1f} ms, {len(chunks)} chunks; under "
            f"50 ms: {'reached' if taken < 50 else 'NOT reached'}")


def clustered(count, dimension=384, seed=5):
    """Unit vectors that lie like embeddings do: few directions matter, many near neighbours."""
    import numpy
    rng = numpy.random.default_rng(seed)
    basis = numpy.random.default_rng(1).standard_normal((24, dimension)).astype(numpy.float32)
    centres = numpy.random.default_rng(2).standard_normal((1000, 24)).astype(numpy.float32)
    vectors = numpy.empty((count, dimension), dtype=numpy.float32)
    for first in range(0, count, 50_000):
        n = min(50_000, count - first)
        latent = centres[rng.integers(0, len(centres), n)]
        latent = latent + 0.7 * rng.standard_normal((n, 24)).astype(numpy.float32)
        some = latent @ basis + 0.3 * rng.standard_normal((n, dimension)).astype(numpy.float32)
        vectors[first:first + n] = some / numpy.linalg.norm(some, axis=1, keepdims=True)
    return vectors


def recall(found, exact):
    return sum(len(set(a) & set(b)) for a, b in zip(found.tolist(), exact.tolist())) / exact.size


def exact_row(folder, build, rounds, count=100_000, k=10):
    import faiss
    import numpy
    faiss.omp_set_num_threads(1)
    vectors, queries = clustered(count), clustered(50, seed=9)
    vectors.tofile(folder / "vectors.f32")
    queries.tofile(folder / "queries.f32")
    peer = faiss.IndexFlatIP(384)
    peer.add(vectors)
    probe = Probe(build / "search_probe", "exact", folder / "vectors.f32", 384,
                  folder / "queries.f32", k, folder / "hits.u32")
    theirs, ours = take_turns(rounds, lambda: [peer.search(q[None], k) for q in queries],
                              {"exact": probe.time})
    probe.close()
    hits = numpy.fromfile(folder / "hits.u32", dtype=numpy.uint32).reshape(-1, k)
    same = recall(hits, peer.search(queries, k)[1])
    row(f"exact search, {count:,} x 384, against faiss", ours["exact"], theirs, 1,
        f"{ours['exact'] / 50 * 1000:.2f} against {theirs / 50 * 1000:.2f} ms, "
        f"same hits {same:.4f}")


def hnsw_row(folder, build, rounds, count=200_000, k=10, m=16, construction=200, search=128):
    import faiss
    import hnswlib
    import numpy
    faiss.omp_set_num_threads(1)
    vectors, queries = clustered(count), clustered(500, seed=9)
    vectors.tofile(folder / "vectors.f32")
    queries.tofile(folder / "queries.f32")
    probe = Probe(build / "search_probe", "hnsw", folder / "vectors.f32", 384,
                  folder / "queries.f32", k, folder / "hits.u32", m, construction, search)
    peer = hnswlib.Index(space="ip", dim=384)
    peer.init_index(max_elements=count, ef_construction=construction, M=m)
    peer.set_num_threads(1)
    building = seconds(lambda: peer.add_items(vectors))
    peer.set_ef(search)
    theirs, ours = take_turns(rounds, lambda: [peer.knn_query(q[None], k) for q in queries],
                              {"hnsw": probe.time})
    probe.close()
    exact = faiss.IndexFlatIP(384)
    exact.add(vectors)
    truth = exact.search(queries, k)[1]
    hits = numpy.fromfile(folder / "hits.u32", dtype=numpy.uint32).reshape(-1, k)
    found = recall(hits, truth)
    row(f"HNSW search, {count:,} x 384, M {m}, ef {search}", ours["hnsw"], theirs, 1,
        f"{ours['hnsw'] / 500 * 1e6:.0f} against {theirs / 500 * 1e6:.0f} us, recall@{k} "
        f"{found:.4f} (goal 0.99), hnswlib {recall(peer.knn_query(queries, k)[0], truth):.4f}")
    row("  its building", probe.report["build_s"], building, 1,
        f"{probe.report['build_s']:.0f} against {building:.0f} s, "
        f"{probe.report['peak_mb']} MB at most")


def synthetic_chunks(count):
    import random
    rng = random.Random(3)
    words = [word for word in sample_texts.prose().split() if not set("`#") & set(word)]
    for _ in range(count):
        at = rng.randrange(len(words) - 60)
        some = words[at:at + rng.randrange(30, 60)]
        for _ in range(6):
            some[rng.randrange(len(some))] = words[rng.randrange(len(words))]
        yield " ".join(some)


def scale_rows(folder, build, count=100_000):
    """What so many chunks take, and ten times as many vectors."""
    import numpy
    notes = folder / "notes"
    notes.mkdir()
    releases = [f"v1.{minor}.0.md" for minor in range(1, 11)]
    for number, text in enumerate(synthetic_chunks(count)):
        with open(notes / releases[number % len(releases)], "a", encoding="utf-8") as out:
            out.write(f"## Note {number}\n\n{text}\n\n")
    codes = []
    for number, code in enumerate(sample_texts.files_of(200, 12)):
        codes.append(folder / f"code{number}.py")
        codes[-1].write_text(code, encoding="utf-8")
    precision = "int8"  # the fastest, or nearly so
    corpus = Probe(build / "retrieval_probe", folder / "chunks.jsonl", *codes, "--notes", notes,
                   "--precision", precision, "--vectors", folder / "chunks.f32")
    times = [corpus.time() for _ in codes][1:]
    corpus.close()
    vectors = numpy.fromfile(folder / "chunks.f32", dtype=numpy.float32).reshape(-1, 384)
    print(f"a corpus of {corpus.report['chunks']:,} chunks embedded and indexed in "
          f"{corpus.report['open_s']:.0f} s ({precision}, every core), {corpus.report['peak_mb']} MB at "
          f"most; a 200-line file through the whole retrieval in "
          f"{statistics.median(times) * 1000:.1f} ms", flush=True)
    rng = numpy.random.default_rng(4)
    queries = vectors[rng.integers(0, len(vectors), 200)]
    queries = queries + 0.02 * rng.standard_normal(queries.shape).astype(numpy.float32)
    queries /= numpy.linalg.norm(queries, axis=1, keepdims=True)
    queries.tofile(folder / "queries.f32")
    many = numpy.concatenate([vectors] * 10)
    many[len(vectors):] += 0.03 * rng.standard_normal((len(many) - len(vectors), 384),
                                                      dtype=numpy.float32)
    many /= numpy.linalg.norm(many, axis=1, keepdims=True)
    for some in (vectors, many):
        name = f"{len(some):,}"
        some.tofile(folder / "vectors.f32")
        truth = None
        for kind in ("exact", "hnsw"):
            probe = Probe(build / "search_probe", kind, folder / "vectors.f32", 384,
                          folder / "queries.f32", 10, folder / "hits.u32")
            taken = statistics.median(probe.time() for _ in range(5)) / len(queries)
            probe.close()
            hits = numpy.fromfile(folder / "hits.u32", dtype=numpy.uint32).reshape(-1, 10)
            truth = hits if truth is None else truth
            print(f"{name} vectors, {kind}: built in {probe.report['build_s']:.0f} s, "
                  f"{probe.report['peak_mb']} MB at most, {taken * 1000:.3f} ms a search, "
                  f"recall@10 {recall(hits, truth):.4f}", flush=True)


def card_embedding_rows(folder, build, rounds):
    """On a card the peer may choose its batch, and fp16, which is its fastest."""
    import numpy
    import torch
    from sentence_transformers import SentenceTransformer
    where = str(peers.data_folder() / "models/all-MiniLM-L6-v2")
    exact = SentenceTransformer(where, device="cuda")
    half = SentenceTransformer(where, device="cuda").half()
    count = lambda text: len(exact.tokenizer(text)["input_ids"])  # noqa: E731
    print(f"{torch.cuda.get_device_name()}, torch {torch.__version__}", flush=True)
    for name, texts in (("1,000-character chunks", sample_texts.chunks(4096)),
                        ("mixed lengths, mean about 109 tokens", sample_texts.mixed(8192, count))):
        source = folder / "texts.jsonl"
        source.write_text("".join(json.dumps(text) + "\n" for text in texts), encoding="utf-8")
        reference = exact.encode(texts, batch_size=256).astype(numpy.float64)
        batches = {batch: seconds(lambda b=batch: half.encode(texts, batch_size=b))
                   for batch in (32, 128, 512)}
        best = min(batches, key=batches.get)
        for precision, peer in (("fp32", exact), ("bf16", half), ("fp16", half)):
            probe = Probe(build / "embedding_probe", source, folder / "v.f32", "--precision",
                          precision, "--device", "cuda", "--repeat", rounds + 1)
            theirs, ours = take_turns(rounds, lambda p=peer: p.encode(texts, batch_size=best),
                                      {"ours": probe.time})
            probe.close()
            vectors = numpy.fromfile(folder / "v.f32", dtype=numpy.float32)
            vectors = vectors.reshape(len(texts), -1).astype(numpy.float64)
            lowest = (vectors * reference).sum(1) / numpy.linalg.norm(vectors, axis=1)
            lowest = (lowest / numpy.linalg.norm(reference, axis=1)).min()
            tokens = probe.report["tokens"]
            row(f"on a card: {name}, {precision}", ours["ours"], theirs, 1,
                f"{tokens / ours['ours']:.0f} against {tokens / theirs:.0f} tokens/s (batches of "
                f"{best}), lowest cosine {lowest:.7f}")


def card_search_row(folder, build, rounds, count=1_000_000, k=10):
    """Against torch on the same card: one product, then topk."""
    import numpy
    import torch
    vectors, queries = clustered(count), clustered(50, seed=9)
    vectors.tofile(folder / "vectors.f32")
    queries.tofile(folder / "queries.f32")
    probe = Probe(build / "search_probe", "cuda", folder / "vectors.f32", 384,
                  folder / "queries.f32", k, folder / "hits.u32")
    kept = torch.from_numpy(vectors).cuda()
    find = lambda q: torch.mv(kept, torch.from_numpy(q).cuda()).topk(k)[1].cpu()  # noqa: E731
    theirs, ours = take_turns(rounds, lambda: [find(q) for q in queries], {"cuda": probe.time})
    probe.close()
    hits = numpy.fromfile(folder / "hits.u32", dtype=numpy.uint32).reshape(-1, k)
    truth = numpy.argsort(-(queries @ vectors.T), axis=1)[:, :k]
    row(f"on a card: exact search, {count:,} x 384", ours["cuda"], theirs, 1,
        f"{ours['cuda'] / 50 * 1000:.2f} against {theirs / 50 * 1000:.2f} ms, same hits "
        f"{recall(hits, truth):.4f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", help="folder of embedding_probe")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--notes", help="folder of release notes")
    parser.add_argument("--only", choices=["embedding", "retrieval", "search", "scale", "cuda"])
    arguments = parser.parse_args()
    peers.enter()
    build = peers.build_folder(arguments.build)
    print(f"load {os.getloadavg()[0]:.2f} of {os.cpu_count()} cores", flush=True)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        if arguments.only in (None, "embedding"):
            embedding_rows(folder, build, arguments.rounds)
        if arguments.only in (None, "retrieval"):
            for threads in sorted({1, len(os.sched_getaffinity(0))}):
                retrieval_rows(folder, build, arguments.rounds, arguments.notes, threads)
        if arguments.only in (None, "search"):
            exact_row(folder, build, arguments.rounds)
            hnsw_row(folder, build, arguments.rounds)
        if arguments.only == "scale":
            scale_rows(folder, build)
        if arguments.only == "cuda":
            card_embedding_rows(folder, build, arguments.rounds)
            card_search_row(folder, build, arguments.rounds)


if __name__ == "__main__":
    main()
