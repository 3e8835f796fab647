#!/usr/bin/env python3
"""Checks tokens and vectors of every architecture and precision against sentence-transformers.

    compare_embedding.py [--build FOLDER] [--count 2000] [--only NAME] [--device cuda]

all-MiniLM-L6-v2 with its real weights; the others as tiny models with random weights that
sentence-transformers itself writes here, in the format of the real ones: BERT with mean and
first-token pooling, dense layer, shards and prefixes, XLM-R and BERT with a sentencepiece
tokenizer trained here. Ends with 1 when a token differs or a cosine is below its bound.
"""
import argparse
import json
import pathlib
import re
import subprocess
import sys
import tempfile

import peers
import sample_texts

BOUNDS = {"fp32": 0.999999, "bf16": 0.9999, "fp16": 0.9999, "int16": 0.9999, "int8": 0.99,
          "fp32 --plain": 0.999999}  # what a card would run, on the processor
ON_A_CARD = {"fp32 --device cuda": 0.999999, "bf16 --device cuda": 0.9999,
             "fp16 --device cuda": 0.9999}


def run_probe(probe, folder, texts, precision):
    import numpy
    with tempfile.TemporaryDirectory() as work:
        source = pathlib.Path(work, "texts.jsonl")
        source.write_text("".join(json.dumps(text) + "\n" for text in texts), encoding="utf-8")
        target = pathlib.Path(work, "vectors.f32")
        done = subprocess.run([probe, source, target, "--model", folder, "--tokens", "--threads",
                               "1", "--precision", *precision.split()], stdout=subprocess.PIPE)
        if done.returncode != 0:
            return None, None
        vectors = numpy.fromfile(target, dtype=numpy.float32).reshape(len(texts), -1)
    return json.loads(done.stdout), vectors


def cut(ids, most):
    return ids if len(ids) <= most else ids[:most - 1] + ids[-1:]


def use_sentencepiece(name, model, folder, texts):
    """Takes transformers' tokenizer that runs sentencepiece itself, as the weights were trained
    with; its "fast" rewrite breaks ties otherwise and normalises some stacked marks otherwise."""
    from transformers import XLMRobertaTokenizer
    exact = XLMRobertaTokenizer.from_pretrained(str(folder))
    differ = sum(exact(text)["input_ids"] != model.tokenizer(text)["input_ids"] for text in texts)
    print(f"{name:24} transformers' own two tokenizers differ in {differ} of these texts")
    model.tokenizer = exact


def check(name, probe, folder, texts, bounds):
    """One model in every precision; True when all is as it should be."""
    import numpy
    from sentence_transformers import SentenceTransformer
    model = SentenceTransformer(str(folder), device="cpu")
    if (pathlib.Path(folder) / "sentencepiece.bpe.model").exists():
        use_sentencepiece(name, model, folder, texts)
    prompt = "passage" if "passage" in model.prompts else None
    prefix = model.prompts[prompt] if prompt else ""
    lower = str.lower if model[0].do_lower_case else str
    ids = [model.tokenizer(lower(prefix + text), truncation=True,
                           max_length=model.max_seq_length)["input_ids"] for text in texts]
    theirs = model.encode(texts, batch_size=32, prompt_name=prompt).astype(numpy.float64)
    good = True
    for precision, bound in bounds.items():
        report, ours = run_probe(probe, folder, texts, precision)
        if report is None:
            print(f"{name:24} {precision}: failed (see above)")
            good = False
            continue
        read = [cut(found, report["maxTokens"]) for found in report["ids"]]
        different = [i for i in range(len(texts)) if read[i] != ids[i]]
        marks = [i for i, found in enumerate(report["ids"])
                 if (len(found) > report["maxTokens"]) != report["isCut"][i]]
        ours = ours.astype(numpy.float64)
        lengths = numpy.linalg.norm(ours, axis=1) * numpy.linalg.norm(theirs, axis=1)
        cosines = (ours * theirs).sum(1) / lengths
        same = [i for i in range(len(texts)) if i not in set(different)]
        lowest = cosines[same].min()
        fine = not different and not marks and lowest >= bound
        print(f"{name:24} {precision}: {len(texts)} texts, {sum(report['isCut'])} cut; tokens "
              f"differ in {len(different)}; lowest cosine {lowest:.9f} (bound {bound})"
              f"{'' if fine else '  <-- WRONG'}", flush=True)
        for i in different[:4]:
            print("   ", ascii(texts[i][:60]), read[i][:14], ids[i][:14])
        good = good and fine
    return good


def write_vocabulary(folder):
    """A WordPiece vocabulary of the commonest words and pieces of our texts."""
    import collections
    import re
    words = collections.Counter(re.findall(r"\w+|[^\w\s]", sample_texts.prose().lower()))
    tokens = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    letters = sorted({c for word in words for c in word})
    tokens += letters + ["##" + c for c in letters]
    tokens += [w for w, _ in words.most_common(1500) if len(w) > 1]
    tokens += ["##" + w for w, _ in words.most_common(600) if len(w) > 1]
    folder.mkdir(parents=True)
    (folder / "vocab.txt").write_text("\n".join(tokens) + "\n", encoding="utf-8")


def train_sentencepiece(folder):
    import sentencepiece
    folder.mkdir(parents=True)
    text = folder / "text.txt"
    text.write_text(sample_texts.prose() + "\n" + "\n".join(sample_texts.varied(400)).replace("\0", ""),
                    encoding="utf-8")
    sentencepiece.SentencePieceTrainer.train(
        input=str(text), model_prefix=str(folder / "sentencepiece.bpe"), vocab_size=6000,
        model_type="unigram", normalization_rule_name="nmt_nfkc", character_coverage=0.9995,
        max_sentence_length=100000, hard_vocab_limit=False, minloglevel=2, num_threads=1)
    text.unlink()


def tiny_models(root, only):
    """{name: folder} of models written here as sentence-transformers writes them."""
    import torch
    from sentence_transformers import SentenceTransformer, models
    from transformers import BertConfig, BertModel, BertTokenizerFast
    torch.manual_seed(7)
    write_vocabulary(root / "vocab")
    small = dict(hidden_size=96, num_attention_heads=3, num_hidden_layers=4, intermediate_size=192,
                 initializer_range=0.05)

    def base(name, config, make, tokenizer, **options):
        folder = root / "base" / name
        make(config).save_pretrained(folder, **options)
        tokenizer.save_pretrained(folder)
        return folder

    def finish(name, folder, parts, limit, prompts=None):
        transformer = models.Transformer(str(folder), max_seq_length=limit)
        width = transformer.get_word_embedding_dimension()
        SentenceTransformer(modules=[transformer, *parts(width)], prompts=prompts,
                            device="cpu").save(str(root / name))
        return root / name

    def mean(width):
        return [models.Pooling(width, pooling_mode="mean"), models.Normalize()]

    def first(width):
        return [models.Pooling(width, pooling_mode="cls"), models.Normalize()]

    def dense(width):
        return [models.Pooling(width, pooling_mode="cls"), models.Dense(width, 48),
                models.Normalize()]

    words = BertTokenizerFast(str(root / "vocab/vocab.txt"), do_lower_case=True)
    cased = BertTokenizerFast(str(root / "vocab/vocab.txt"), do_lower_case=False)
    bert = BertConfig(vocab_size=len(words), max_position_embeddings=128, **small)
    narrow = BertConfig(vocab_size=len(words), max_position_embeddings=128,
                        **{**small, "hidden_size": 48})
    prompts = {"query": "query: ", "passage": "passage: "}

    def in_shards():
        shards = base("shards", bert, BertModel, words, max_shard_size="300KB")
        folder = finish("shards", shards, mean, 128)
        # sentence-transformers writes one file: the shards are put in its place.
        (folder / "model.safetensors").unlink()
        for file in shards.glob("model*"):
            (folder / file.name).write_bytes(file.read_bytes())
        return folder

    def pieces():
        from transformers import XLMRobertaTokenizerFast
        if not (root / "pieces").exists():
            train_sentencepiece(root / "pieces")
        return XLMRobertaTokenizerFast(str(root / "pieces/sentencepiece.bpe.model"))

    def with_roberta():
        from transformers import XLMRobertaConfig, XLMRobertaModel
        config = XLMRobertaConfig(vocab_size=len(pieces()) + 5, max_position_embeddings=130,
                                  type_vocab_size=1, layer_norm_eps=1e-5, pad_token_id=1, **small)
        return finish("xlmr", base("xlmr", config, XLMRobertaModel, pieces()), mean, 128, prompts)

    def with_pieces():
        config = BertConfig(vocab_size=len(pieces()), max_position_embeddings=128, **small)
        return finish("me5", base("me5", config, BertModel, pieces()), mean, 128, prompts)

    makers = {
        "bert, mean": lambda: finish("mean", base("bert", bert, BertModel, words), mean, 100),
        "bert, narrow heads": lambda: finish("narrow", base("narrow", narrow, BertModel, words),
                                             mean, 128),
        "bge: first token": lambda: finish("bge", base("bge", bert, BertModel, words), first, 128),
        "LaBSE: cased, dense": lambda: finish("labse", base("labse", bert, BertModel, cased), dense,
                                              128),
        "e5: prefixes": lambda: finish("e5", base("e5", bert, BertModel, words), mean, 128, prompts),
        "multilingual-e5-large": with_roberta,
        "multilingual-e5-small": with_pieces,
        "bert, shards": in_shards,
    }
    return {name: make() for name, make in makers.items() if re.search(only, name)}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", help="folder of embedding_probe")
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--only", default="", help="models whose name matches this regular expression")
    parser.add_argument("--device", choices=["cpu", "cuda"], default="cpu")
    arguments = parser.parse_args()
    peers.enter()
    import torch
    torch.set_num_threads(1)
    probe = peers.build_folder(arguments.build) / "embedding_probe"
    texts = sample_texts.varied(arguments.count)
    bounds = ON_A_CARD if arguments.device == "cuda" else BOUNDS
    good = True
    with tempfile.TemporaryDirectory() as folder:
        models = tiny_models(pathlib.Path(folder), arguments.only)
        if re.search(arguments.only, "all-MiniLM-L6-v2"):
            models["all-MiniLM-L6-v2"] = peers.data_folder() / "models/all-MiniLM-L6-v2"
        for name, model in models.items():
            good = check(name, probe, model, texts, bounds) and good
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
