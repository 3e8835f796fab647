"""Texts for the comparisons: made from this repository's own files, the same in every run."""
import pathlib
import random

ROOT = pathlib.Path(__file__).resolve().parents[2]

AWKWARD = [
    "", " ", "\n\t\r", "a", "torch.gesv", "x" * 99, "x" * 100, "x" * 101, "é" * 101,
    "[CLS] and [SEP] [MASK][PAD]x[UNK]", "[cls] [CLS", "don't stop", "naïve café Ångström",
    "<s> and </s> <mask><pad>x<unk>", "a  <mask> b", "<S> </ s>", "▁ already ▁there",
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
RANGES = [(0x20, 0x7F), (0xA0, 0x24F), (0x370, 0x52F), (0x590, 0x6FF), (0x900, 0xDFF),
          (0x1E00, 0x20CF), (0x2100, 0x27BF), (0x3040, 0x30FF), (0x4E00, 0x9FFF),
          (0xAC00, 0xD7A3), (0xF900, 0xFFEF), (0x1F300, 0x1FAFF)]


def prose():
    """English and Russian notes and Python code, one long text."""
    files = [ROOT / "README.md", *sorted((ROOT / "resources/catalogue").rglob("*.yaml")),
             *sorted((ROOT / "tests/data").rglob("*.py"))]
    return "\n".join(f.read_text(encoding="utf-8", errors="replace") for f in files)


def varied(count):
    """Plain, Unicode, CJK, emoji, code, empty, over-long, broken on purpose."""
    rng = random.Random(20240607)
    text = prose()
    texts = list(AWKWARD)
    while len(texts) < count * 3 // 4:
        at = rng.randrange(len(text) - 10)
        texts.append(text[at:at + int(rng.lognormvariate(5.5, 1.0)) + 1])
    while len(texts) < count:
        chars = []
        for _ in range(rng.randrange(1, 120)):
            chars.append(chr(rng.randrange(*rng.choice(RANGES))))
            if rng.random() < 0.2:
                chars.append(" ")
        texts.append("".join(chars))
    return texts[:count]


def chunks(count, size=1000):
    """Pieces of `size` characters, as the goals are stated for."""
    text = prose()
    return [text[(i * 9973) % (len(text) - size):][:size] for i in range(count)]


def mixed(count, tokens_of, limit=256):
    """Texts of log-normal length, mean 109 tokens; `tokens_of` counts a text's tokens."""
    rng = random.Random(7)
    words = prose().split(" ")
    texts = []
    for _ in range(count):
        wanted = min(limit, max(3, int(rng.lognormvariate(4.45, 0.75))))
        at = rng.randrange(len(words) - 2 * limit)
        some = words[at:at + wanted]
        while len(some) > 1 and tokens_of(" ".join(some)) > wanted:
            some = some[:max(1, len(some) * 9 // 10)]
        texts.append(" ".join(some))
    return texts


def files_of(lines, count):
    """Python files of `lines` lines, each of other code that people wrote."""
    parts = [f.read_text(encoding="utf-8", errors="replace").splitlines()
             for f in sorted((ROOT / "tests/data/real").rglob("*.py"))]
    code = [line for part in parts for line in part]
    return ["\n".join(code[i * lines:(i + 1) * lines]) + "\n"
            for i in range(min(count, len(code) // lines))]
