"""Evaluates CEL expressions with Google's C++ implementation: JSON in, JSON out.

In: a list of {"expression", "variables"}. Out: a list of {"type", "value"}, or null for what does not compile or has no
value.
"""

import json
import sys

from cel_expr_python import cel
from cel_expr_python.ext import ext_strings

ANY = cel.Type.Map(cel.Type.STRING, cel.Type.DYN)
environment = cel.NewEnv(
    variables={"assertion": ANY, "google": ANY, "attribute": ANY},
    extensions=[ext_strings.ExtStrings()],
)


def judge(expression, variables):
    try:
        result = environment.compile(expression).eval(data=variables)
    except RuntimeError:
        return None
    name = result.type().name().split("<")[0]
    if name == "ERROR":
        return None
    value = result.plain_value()
    plain = value if isinstance(value, (str, bool, int, float, list, type(None))) else None
    return {"type": name, "value": plain}


# Every number of a token is a double, as in google.protobuf.Value.
questions = json.load(sys.stdin, parse_int=float)
json.dump([judge(one["expression"], one["variables"]) for one in questions], sys.stdout)
