#!/usr/bin/env python3
"""Compares embedding_probe with sentence-transformers: tokens, vectors, speed.

Run it with a Python that has sentence-transformers and torch 2.7.0:
    compare_embedding.py PROBE MODEL_FOLDER [--notes FOLDER] [--speed] [--bf16]
It ends with an error when tokens differ or a cosine is below the bound.
"""
import argparse
import json
import pathlib
import random
import statistics
import subprocess
import sys
import tempfile
import time


def sample_texts(notes, count):
    """Varied texts: plain, Unicode, CJK, emoji, code, empty, over-long, broken on purpose."""
    rng = random.Random(20240607)
    fixed = [
        "", " ", "\n\t\r", "a", "torch.gesv", "x" * 99, "x" * 100, "x" * 101, "é" * 101,
        "[CLS] and [SEP] [MASK][PAD]x[UNK]", "[cls] [CLS", "don't stop", "naïve café Ångström",
        "ΑΣ Σίσυφος ΌΣΟΣ", "İstanbul ıI", "ﬁne ﬂight Ǆ ǅ", "Привет, мир! Ёлка й",
        "मस्ते दुनिया", "สวัสดีชาวโลก", "שָׁלוֹם עוֹלָם", "مَرْحَبًا", "한국어 텍스트 문장", "日本語のテキスト、カタカナ",
        "汉字漢字 mixed with words", "豈更車", "\U00020000\U0002a6d6", "😀👍🏽👩‍👩‍👧 ok", "a\u200bb\u00adc\ufeffd",
        "tab\tnew\nline\x0bvertical\x0cform\x85next", "nul\x00byte \x01\x7f\x9f", "a\u00a0b\u2003c\u2028d\u3000e",
        "$1,000.50 + 2^3 = `x` ~ |y| <z>", "“quotes” — dash… ¿qué? «да»", "\ue000private\U000f0000",
        "\ufffd replaced", "Z̷͇a̶l̵g̴o", "ｆｕｌｌｗｉｄｔｈ Ａ１", "Ⅷ ½ ① ²", "ß ẞ STRASSE", "word " * 600,
        "import torch.nn.functional as F\nloss = F.cross_entropy(out, y, size_average=False)",
        "torch._six.string_classes; x.data[0]; y = Variable(t, volatile=True)",
        "\u1e9b\u0323 \u0344 \u212b \u2126", "a\u0315\u0300\u05aeb", "각각", "\u302e\u302f\u1d16d",
    ]
    texts = list(fixed)
    for file in sorted(pathlib.Path(notes).glob("*.md")) if notes else []:
        text = file.read_text(encoding="utf-8")
        for _ in range(25):
            at = rng.randrange(max(1, len(text) - 10))
            texts.append(text[at:at + int(rng.lognormvariate(5.5, 1.0)) + 1])
    ranges = [(0x20, 0x7F), (0xA0, 0x24F), (0x370, 0x52F), (0x590, 0x6FF), (0x900, 0xDFF),
              (0x1E00, 0x20CF), (0x2100, 0x27BF), (0x3040, 0x30FF), (0x4E00, 0x9FFF),
              (0xAC00, 0xD7A3), (0xF900, 0xFFEF), (0x1F300, 0x1FAFF)]
    while len(texts) < count:
        chars = []
        for _ in range(rng.randrange(1, 120)):
            low, high = rng.choice(ranges)
            chars.append(chr(rng.randrange(low, high)))
            if rng.random() < 0.2:
                chars.append(" ")
        texts.append("".join(chars))
    return texts


def speed_texts(notes, count=512, size=1000):
    """Chunks of `size` characters, as the goal is stated for."""
    text = "\n".join(f.read_text(encoding="utf-8") for f in sorted(pathlib.Path(notes).glob("*.md")))
    return [text[(i * 997) % (len(text) - size):][:size] for i in range(count)]


def mixed_texts(notes, count=512):
    """Lengths log-normal with a mean of about 109 tokens."""
    rng = random.Random(7)
    text = "\n".join(f.read_text(encoding="utf-8") for f in sorted(pathlib.Path(notes).glob("*.md")))
    return [text[rng.randrange(len(text) - 4000):][:max(8, int(rng.lognormvariate(5.4, 0.8)))]
            for _ in range(count)]


def run_probe(probe, texts, *options):
    import numpy
    with tempfile.TemporaryDirectory() as folder:
        source = pathlib.Path(folder, "texts.jsonl")
        source.write_text("".join(json.dumps(text) + "\n" for text in texts), encoding="utf-8")
        target = pathlib.Path(folder, "vectors.f32")
        done = subprocess.run([probe, source, target, *options], check=True, stdout=subprocess.PIPE)
        report = json.loads(done.stdout)
        vectors = numpy.fromfile(target, dtype=numpy.float32).reshape(len(texts), -1)
    return report, vectors


def check(model, probe, texts, bound, options):
    import numpy
    report, ours = run_probe(probe, texts, *options)
    tokenize = model.tokenizer
    theirs_ids = [tokenize(text, truncation=True, max_length=model.max_seq_length)["input_ids"]
                  for text in texts]
    different = [i for i, (a, b) in enumerate(zip(report["ids"], theirs_ids)) if a != b]
    theirs = model.encode(texts, batch_size=32, normalize_embeddings=True)
    cosines = (ours.astype(numpy.float64) * theirs.astype(numpy.float64)).sum(1)
    cosines /= numpy.linalg.norm(ours.astype(numpy.float64), axis=1)
    cosines /= numpy.linalg.norm(theirs.astype(numpy.float64), axis=1)
    print(f"{len(texts)} texts {' '.join(options)}: tokens differ in {len(different)}; "
          f"lowest cosine {cosines.min():.9f}; loaded in {report['load_s']:.3f} s, "
          f"again in {report['load_again_s']:.3f} s")
    for i in different[:5]:
        print("  ", ascii(texts[i][:80]), report["ids"][i][:20], theirs_ids[i][:20])
    return not different and cosines.min() >= bound


def speed(model, probe, name, texts, options):
    report, _ = run_probe(probe, texts, "--threads", "1", "--repeat", "5", *options)
    ours = statistics.median(report["embed_s"])
    times = []
    for _ in range(3):
        start = time.perf_counter()
        model.encode(texts, batch_size=32)
        times.append(time.perf_counter() - start)
    theirs = statistics.median(times)
    tokens = report["tokens"]
    print(f"{name} {' '.join(options)}: {tokens} tokens, ours {tokens / ours:.0f}/s, "
          f"sentence-transformers fp32 {tokens / theirs:.0f}/s: {theirs / ours:.2f} times; "
          f"tokenizing alone {report['tokenize_s'] * 1000:.0f} ms")


def query_speed(model, probe, options):
    query = ["How do I solve a linear system without torch.gesv?"] * 50
    report, _ = run_probe(probe, query, "--threads", "1", "--repeat", "5", "--one-by-one", *options)
    ours = statistics.median(report["embed_s"]) / len(query)
    model.encode(query[0])
    start = time.perf_counter()
    for text in query:
        model.encode(text)
    theirs = (time.perf_counter() - start) / len(query)
    print(f"one query {' '.join(options)}: ours {ours * 1000:.2f} ms, "
          f"sentence-transformers {theirs * 1000:.2f} ms: {theirs / ours:.2f} times")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("probe")
    parser.add_argument("model")
    parser.add_argument("--notes", help="folder of Markdown files to take texts from")
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--speed", action="store_true", help="one thread each; needs --notes")
    arguments = parser.parse_args()

    import torch
    from sentence_transformers import SentenceTransformer
    torch.set_num_threads(1)
    model = SentenceTransformer(arguments.model, device="cpu")
    texts = sample_texts(arguments.notes, arguments.count)
    good = check(model, arguments.probe, texts, 0.999999, [])
    good = check(model, arguments.probe, texts, 0.9999, ["--bf16"]) and good
    if arguments.speed:
        for options in ([], ["--bf16"]):
            speed(model, arguments.probe, "1,000 characters", speed_texts(arguments.notes), options)
            speed(model, arguments.probe, "mixed length", mixed_texts(arguments.notes), options)
            query_speed(model, arguments.probe, options)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
