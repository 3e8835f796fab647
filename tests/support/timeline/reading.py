"""Reads signatures, deprecations and refusals off Python objects without calling them."""

import ast
import inspect
import re
import types

MESSAGE_LENGTH = 160
BUILTIN_TYPES = (types.BuiltinFunctionType, types.BuiltinMethodType, types.MethodDescriptorType) if hasattr(
    types, "MethodDescriptorType") else (types.BuiltinFunctionType, type(str.join))
SCRIPT_ONLY = ("cpu", "cuda", "xpu")  # methods whose schema is TorchScript's own version, which takes less
WRITTEN_TO = re.compile(r"\(\w!\)(\[\])? (?!self\b)\w")  # in a schema: "Tensor(a!) out"
ON_ITS_WAY_OUT = re.compile(
    r"\b(this|the|torch\S*|:\w+:`\S+`|`+\S+`+|\S+\(\)|\w+\.\w+\S*)"
    r"( (function|method|class|module|operator|api|feature|scheduler|constructor|decorator|namespace))?"
    r" (is|has been|was|will be) (now |being )?deprecated", re.IGNORECASE)


class Reader:
    def __init__(self, root):
        self.root = root
        self.functions = {}  # file -> {line: node}
        self.schemas = None
        if root == "torch":
            import torch
            self.schemas = getattr(torch._C, "_jit_get_schemas_for_operator", None)

    # -- what a name is ---------------------------------------------------------------------------

    def describe(self, obj, name):
        """The entry of a module's member."""
        if isinstance(obj, type):
            return self.complete({"k": "class"}, obj, self.constructor(obj), name)
        if callable(obj) and hasattr(obj, "__name__"):
            return self.complete({"k": "function"}, obj, obj, name)
        return {"k": "attribute"}

    def describe_member(self, static, name, cls):
        """The entry of a class's member, given as the class's dictionary holds it."""
        if isinstance(static, property) or inspect.isgetsetdescriptor(static) or inspect.ismemberdescriptor(static):
            function = getattr(static, "fget", None)
            entry = {"k": "property"}
            self.add_warnings(entry, function, inspect.getdoc(static) if function else None, name)
            return entry
        bound = isinstance(static, (staticmethod, classmethod))
        function = static.__func__ if bound else static
        if callable(function) and not isinstance(function, type):
            skip = 0 if isinstance(static, staticmethod) else 1
            return self.complete({"k": "method"}, function, function, name, skip, cls)
        return {"k": "attribute"}

    def constructor(self, cls):
        init = getattr(cls, "__init__", None)
        return init if isinstance(init, types.FunctionType) else None

    def complete(self, entry, obj, function, name, skip=0, cls=None):
        doc = getattr(obj, "__doc__", None)
        doc = inspect.cleandoc(doc) if isinstance(doc, str) else ""
        if entry["k"] == "class":
            skip = 1
        signature = self.signature(function, name, skip, doc, cls)
        if signature:
            entry["s"], entry["o"] = signature
        self.add_warnings(entry, function, doc, name)
        message = getattr(obj, "__deprecated__", None)
        if isinstance(message, str):
            entry["d"] = self.tidy(message)
        return entry

    # -- signatures -------------------------------------------------------------------------------

    def signature(self, function, name, skip, doc, cls):
        if function is not None:
            try:
                text = self.format(list(inspect.signature(function).parameters.values())[skip:])
                if text != "(*args, **kwargs)" or not self.from_doc(doc, name):
                    return text, "i"
            except (ValueError, TypeError, AttributeError, RuntimeError):
                pass
            text = self.from_schema(function, name, cls)
            if text:
                return text, "s"
        text = self.from_doc(doc, name)
        return (text, "d") if text else None

    def format(self, parameters):
        parts, star = [], False
        for parameter in parameters:
            text = parameter.name
            if parameter.kind == parameter.VAR_POSITIONAL:
                text, star = "*" + text, True
            elif parameter.kind == parameter.VAR_KEYWORD:
                text = "**" + text
            elif parameter.kind == parameter.KEYWORD_ONLY and not star:
                parts.append("*")
                star = True
            if parameter.default is not parameter.empty:
                text += "=" + self.default(parameter.default)
            parts.append(text)
        return "(" + ", ".join(parts) + ")"

    def default(self, value):
        if isinstance(value, type):
            return value.__name__
        if callable(value) and hasattr(value, "__name__"):
            return value.__name__
        try:
            text = " ".join(repr(value).split())
        except Exception:
            return "..."
        return "..." if " at 0x" in text or len(text) > 40 else text

    def from_schema(self, function, name, cls):
        if self.schemas is None or (cls is not None and cls.__name__ not in ("Tensor", "_TensorBase", "TensorBase")):
            return None
        if not isinstance(function, BUILTIN_TYPES) or (cls is not None and name in SCRIPT_ONLY):
            return None
        texts = set()
        for operator in self.operator_names(function, name):
            try:
                schemas = self.schemas("aten::" + operator)
            except RuntimeError:
                continue
            of_tensors = [s for s in schemas if [a.name for a in s.arguments][:1] == ["self"]]
            texts = {t for t in (self.format_schema(s, cls is not None) for s in of_tensors or schemas) if t}
            if texts:
                break
        return " | ".join(sorted(texts, key=lambda t: (t.count(","), t))) or None

    def operator_names(self, function, name):
        native = getattr(function, "__name__", name)
        yield native
        if native != name:
            yield name

    def format_schema(self, schema, method):
        arguments = list(schema.arguments)
        tensors = [a for a in arguments if "Tensor" in str(a.type)]
        has_self = bool(arguments) and arguments[0].name == "self"
        if has_self and not tensors[:1] == arguments[:1]:
            return None  # TorchScript's own versions for numbers, strings and lists
        if (method and not has_self) or any(a.name == "out" for a in arguments) or WRITTEN_TO.search(str(schema)):
            return None
        if not has_self and not any(a.name in ("dtype", "size", "tensors", "input") for a in arguments) and not tensors:
            return None
        if any(a.name in ("names", "generator") or "Dimname" in str(a.type) or str(a.type).startswith(
                ("str", "List[str]")) and a.name in ("dim", "dims") for a in arguments):
            return None
        parts = []
        for argument in arguments[1:] if method else arguments:
            parts.append(("input" if argument.name == "self" else argument.name) + self.schema_default(argument))
        given = ["=" in part for part in parts if not part.startswith("dtype=")]
        if given != sorted(given) and "None" not in "".join(parts):
            return None  # results to write to, under names of their own
        return "(" + ", ".join(parts) + ")"

    def schema_default(self, argument):
        if argument.name in ("dtype", "layout", "device"):  # shown as the enumeration's number
            return "=None"
        try:
            value = argument.default_value
            known = getattr(argument, "has_default_value", None)  # old releases can't tell None from nothing
            if known() if known else value is not None or str(argument.type).startswith("Optional"):
                return "=" + self.default(value)
        except RuntimeError:  # a default that Python can't show
            return "=..."
        return ""

    def from_doc(self, doc, name):
        """Parameters from the docstring's first lines, such as "gesv(B, A, out=None) -> Tensor"."""
        texts = []
        for line in doc.split("\n")[:8]:
            line = re.sub(r"^\s*\.\. \w+:: ", "", line).strip()
            found = re.match(r"(?:[\w.]+\.)?" + re.escape(name) + r"\((.*)\)\s*(->.*|:)?$", line)
            if found and "`" not in line and "..." not in found.group(1):
                names = list(self.doc_parameters(found.group(1)))
                text = "(" + ", ".join(names[1:] if names[:1] == ["self"] else names) + ")"
                if text not in texts:
                    texts.append(text)
        return " | ".join(texts)

    def doc_parameters(self, text):
        depth, parts, part = 0, [], ""
        for char in text + ",":
            depth += (char in "([{") - (char in ")]}")
            if char == "," and depth <= 0:
                parts.append(part.strip())
                part = ""
            else:
                part += char
        for part in filter(None, parts):
            left, equals, default = part.partition("=")
            left = left.split(":")[0].strip().split(" ")[-1]
            yield left + (equals + ("..." if " at 0x" in default else default.strip()) if equals else "")

    # -- deprecations and refusals ----------------------------------------------------------------

    def add_warnings(self, entry, function, doc, name):
        body = self.body(function)
        warned, announced = self.warned(body), self.announced(doc or "", name)
        message = announced if announced and "{}" in (warned or "{}") else warned
        if message:
            entry["d"] = self.tidy(message)
        refusal = self.refusal(body, function)
        if refusal:
            entry["r"] = self.tidy(refusal)

    def body(self, function):
        """The statements of a Python function after its docstring; empty when there is no source."""
        function = inspect.unwrap(function) if callable(function) else function
        code = getattr(function, "__code__", None)
        if code is None:
            return []
        if code.co_filename not in self.functions:
            self.functions[code.co_filename] = self.index(code.co_filename)
        node = self.functions[code.co_filename].get((code.co_firstlineno, code.co_name))
        if node is None:
            return []
        statements = node.body
        if isinstance(statements[0], ast.Expr) and isinstance(statements[0].value, (ast.Str, getattr(
                ast, "Constant", ast.Str))):
            statements = statements[1:]
        return statements

    def index(self, path):
        try:
            with open(path, encoding="utf-8") as file:
                tree = ast.parse(file.read())
        except (OSError, SyntaxError, ValueError):
            return {}
        found = {}
        for node in ast.walk(tree):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                for line in [node.lineno] + [d.lineno for d in node.decorator_list]:
                    found[(line, node.name)] = node
        return found

    def warned(self, body):
        for statement in body[:5]:
            call = getattr(statement, "value", None)
            if isinstance(statement, ast.Expr) and isinstance(call, ast.Call) and "warn" in self.dotted(call.func):
                text = self.text(call.args[0]) if call.args else ""
                if "deprecated" in text.lower() or "removed" in text.lower():
                    return text
        return None

    def dotted(self, node):
        return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")

    def text(self, node):
        """The words of a message, whatever is filled in left out."""
        if isinstance(node, ast.JoinedStr):
            return "".join(self.text(v) if not isinstance(v, ast.FormattedValue) else "{}" for v in node.values)
        return "".join(str(getattr(n, "s", getattr(n, "value", ""))) for n in ast.walk(node)
                       if isinstance(n, (ast.Str, getattr(ast, "Constant", ast.Str)))
                       and isinstance(getattr(n, "s", getattr(n, "value", None)), str))

    def refusal(self, body, function, depth=0):
        """What a function raises as the first thing it does; abstract methods do not count."""
        body = [s for s in body if not isinstance(s, (ast.Import, ast.ImportFrom))]
        if len(body) == 1 and isinstance(body[0], ast.Return) and isinstance(body[0].value, ast.Call) and depth < 2:
            name = self.dotted(body[0].value.func)
            inner = self.find_callee(function, name)
            return self.refusal(self.body(inner), inner, depth + 1) if inner is not None else None
        if not body or not isinstance(body[0], ast.Raise) or not isinstance(body[0].exc, ast.Call):
            return None
        kind = self.dotted(body[0].exc.func)
        text = " ".join(self.text(a) for a in body[0].exc.args)
        if kind == "NotImplementedError" or not re.search(
                r"deprecat|removed|no longer|not supported|use |instead", text, re.IGNORECASE):
            return None
        return kind + ": " + text

    def find_callee(self, function, name):
        import sys
        module = sys.modules.get(getattr(function, "__module__", None))
        helpers = (module, sys.modules.get("torch._linalg_utils"))
        return next((getattr(m, name) for m in helpers if isinstance(getattr(m, name, None), types.FunctionType)), None)

    def announced(self, doc, name):
        """The sentence of a docstring that calls the whole name deprecated, not one of its arguments."""
        for paragraph in self.leading_paragraphs(doc):
            text = " ".join(paragraph.split())
            directive = re.match(r"\.\. deprecated::\s*([\d.]*)\s*(.*)", text)
            if directive:
                return directive.group(2) or "deprecated since " + directive.group(1)
            text = re.sub(r"^\.\. (warning|note)::\s*", "", text)
            if re.match(r"\W*deprecated\b", text, re.IGNORECASE):
                return text
            for sentence in re.split(r"(?<=[.!]) ", text):
                if ON_ITS_WAY_OUT.search(sentence) and not re.search(r"\b(arg|param|option|default|keyword)", sentence):
                    return sentence
        return None

    def leading_paragraphs(self, doc):
        """Paragraphs at the docstring's own indentation, down to the first list of arguments."""
        for paragraph in re.split(r"\n\s*\n(?=\S)", doc):
            if re.match(r"(Args|Arguments|Parameters|Keyword|Example|Returns|Inputs|Shape)\b", paragraph):
                return
            yield paragraph

    def tidy(self, message):
        message = re.sub(r":\w+:`~?([^`<]*?)(?:\s*<[^`]*>)?`", r"\1", message)
        message = " ".join(message.replace("`", "").replace("\t", " ").split())
        if len(message) > MESSAGE_LENGTH:
            message = message[:MESSAGE_LENGTH].rsplit(" ", 1)[0] + " ..."
        return message
