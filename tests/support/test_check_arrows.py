#!/usr/bin/env python3
"""Each rule of check_arrows.py and check_libraries.py finds the offence it is there for."""
import contextlib
import io
import pathlib
import sys
import tempfile
import unittest

import check_arrows
import check_libraries

GOOD = {
    "core/base/CMakeLists.txt": "torchlift_add_library(NAME base SOURCES a.cpp PUBLIC tl::expected)",
    "core/base/a.h": "#include <string>\n",
    "core/base/a.cpp": '#include "base/a.h"\n#include <spdlog/spdlog.h>\n',
    "core/index/CMakeLists.txt": "torchlift_add_library(NAME index SOURCES i.cpp PUBLIC torchlift_base)",
    "core/index/i.h": '#include "base/a.h"\n',
    "core/llm/CMakeLists.txt": "torchlift_add_library(NAME llm PUBLIC torchlift_base PRIVATE Qt6::Core)",
    "core/llm/l.h": "// A QString is only mentioned here.\n",
    "core/llm/private.h": "#include <QString>\nclass QUrl;\n",
    "core/llm/l.cpp": '#include "llm/private.h"\n'
        '#include "base/a.h"\n#include <QString>\n#include <QtNetwork/QSslSocket>\n',
    "core/migration/CMakeLists.txt": "torchlift_add_library(NAME migration PUBLIC torchlift_llm)",
    "core/migration/m.cpp": '#include "base/a.h"\n#include "llm/l.h"\n',
    "core/vectorstores/CMakeLists.txt":
        "torchlift_add_library(NAME vectorstores PUBLIC torchlift_index)",
    "core/vectorstores/v.cpp": '#include "index/i.h"\n',
    "app/models/m.h": "#include <QObject>\n",
}

# name: (file, text, a piece of the message)
WRONG = {
    "include upwards": ("core/base/b.cpp", '#include "index/i.h"\n', "does not stand below core/base"),
    "include inside a row": ("core/index/j.cpp", '#include "llm/l.h"\n', "does not stand below"),
    "include of what is not linked": ("core/migration/n.cpp", '#include "index/i.h"\n',
                                      "does not link core/index"),
    "include of the app": ("core/llm/x.cpp", '#include "models/m.h"\n', "is not in core/"),
    "link upwards": ("core/base/CMakeLists.txt",
                     "torchlift_add_library(NAME base PUBLIC torchlift_llm)", "links core/llm"),
    "link inside a row, later": (
        "core/index/CMakeLists.txt",
        "torchlift_add_library(NAME index PUBLIC torchlift_base)\n"
        "target_link_libraries(torchlift_index PRIVATE\n    torchlift_llm)", "links core/llm"),
    "unknown folder": ("core/misc/a.cpp", "", "no place for this folder"),
    "unknown library": ("core/misc/CMakeLists.txt", "torchlift_add_library(NAME misc)",
                        "no place for this folder"),
    "Qt where there is to be none": ("core/index/q.cpp", "#include <QFile>\n", "nothing of Qt"),
    "Qt module where there is to be none": ("core/index/q.cpp", "#include <QtCore/QFile>\n",
                                            "nothing of Qt"),
    "Qt linked where there is to be none": (
        "core/index/CMakeLists.txt",
        "torchlift_add_library(NAME index PUBLIC torchlift_base PRIVATE Qt6::Core)", "nothing of Qt"),
    "Qt included by a header": ("core/llm/l.h", "#include <QString>\n", "that other folders see includes"),
    "Qt included by a header behind a header": ("core/llm/l.h", '#include "llm/private.h"\n',
                                                "private.h: a header that other folders see"),
    "Qt header seen by the app": ("app/models/m.cpp", '#include "llm/private.h"\n',
                                  "private.h: a header that other folders see"),
    "Qt type in a header": ("core/llm/l.h", "class QString;\n", "names QString"),
    "Qt macro in a header": ("core/llm/l.h", "Q_DECLARE_METATYPE(int)\n", "names Q_DECLARE_METATYPE"),
    "widgets included": ("core/llm/l.cpp", "#include <QtWidgets/QLabel>\n", "no Gui"),
    "gui linked": ("core/llm/CMakeLists.txt", "torchlift_add_library(NAME llm PRIVATE Qt6::Gui)",
                   "no Gui"),
    **{f"{name} in a header": ("core/index/i.h", f"#include <{name}>\n", "stay in .cpp files")
       for name in ("torch/torch.h", "hnswlib/hnswlib.h", "tree_sitter/api.h", "sqlite3.h",
                    "spdlog/spdlog.h", "nlohmann/json.hpp", "yaml-cpp/yaml.h")},
    "JSON in a header of the app": ("app/models/m.h", "#include <nlohmann/json.hpp>\n",
                                    "stay in .cpp files"),
}


def offences(files):
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        for name, text in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return list(check_arrows.offences(root))


class Arrows(unittest.TestCase):
    def test_a_good_tree_passes(self):
        self.assertEqual(offences(GOOD), [])

    def test_an_empty_tree_does_not_pass(self):
        self.assertIn("nothing was checked", " ".join(offences({})))

    def test_each_offence_is_found(self):
        for name, (path, text, message) in WRONG.items():
            with self.subTest(name):
                self.assertIn(message, "\n".join(offences({**GOOD, path: text})))


class Libraries(unittest.TestCase):
    def test_what_is_needed_is_found(self):
        with contextlib.redirect_stderr(io.StringIO()) as messages:
            self.assertEqual(check_libraries.main([sys.executable, "libc.so"]), 1)
        self.assertIn("libc.so", messages.getvalue())

    def test_what_is_not_needed_is_not(self):
        self.assertEqual(check_libraries.main([sys.executable, "libQt6Widgets"]), 0)


if __name__ == "__main__":
    unittest.main()
