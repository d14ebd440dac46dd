"""Runs Python snippets for the tests: a list of cases in, a list of outcomes out, both JSON.

A case is {"name", "body"} and is then only parsed, or also has "setup" and "after", which stand before and after the body
in one namespace; "after" leaves what it found in `result`. A `skip` says why these figures are not to be looked at.
"""

import ast
import contextlib
import io
import json
import os
import sys
import tempfile
import traceback
import warnings


def calls(body):
    """Every call with a dotted name, and its keyword arguments: numbers, texts and flags as such, the rest as source."""
    found = []
    for node in ast.walk(ast.parse(body)):
        if isinstance(node, ast.Call):
            keywords = {}
            for keyword in node.keywords:
                constant = isinstance(keyword.value, ast.Constant)
                keywords[keyword.arg] = keyword.value.value if constant else ast.unparse(keyword.value)
            found.append({"name": ast.unparse(node.func), "positional": len(node.args), "keywords": keywords})
    return found


def run(case):
    namespace = {"__name__": "snippet"}
    printed = io.StringIO()
    with warnings.catch_warnings(record=True) as caught, contextlib.redirect_stdout(printed):
        warnings.simplefilter("always")
        for part in ("setup", "body", "after"):
            namespace["printed"] = printed.getvalue()
            exec(compile(case[part], f"{part} of {case['name']}", "exec"), namespace)
    # As Python shows them: what libraries deprecate among themselves is nobody's business.
    shown = {
        str(warning.message)
        for warning in caught
        if warning.filename.endswith(case["name"]) or not issubclass(warning.category, DeprecationWarning)
    }
    return {"result": namespace.get("result"), "skip": namespace.get("skip"), "warnings": sorted(shown)}


def outcome(case):
    try:
        return run(case) if "after" in case else {"calls": calls(case["body"])}
    except BaseException:
        return {"error": traceback.format_exc()}


cases = json.load(sys.stdin)
with tempfile.TemporaryDirectory() as folder:
    # A checkpoint of a case goes where nobody minds.
    os.chdir(folder)
    outcomes = [outcome(case) for case in cases]
    os.chdir("/")
json.dump(outcomes, sys.stdout)
