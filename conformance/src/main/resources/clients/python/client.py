"""Runs the Python SDK for the tests: reads one request per line, answers with one line.

Request: {"host", "token", "call": "all" | "get" | "create" | "update" | "delete", "with": {...}}
Answer:  {"result": ...} or {"error": "..."}.
"""

import contextlib
import dataclasses
import json
import os
import sys

from phase import phase as sdk

CALLS = {
    "all": ("get_all_secrets", sdk.GetAllSecretsOptions),
    "get": ("get_secret", sdk.GetSecretOptions),
    "create": ("create_secrets", sdk.CreateSecretsOptions),
    "update": ("update_secret", sdk.UpdateSecretOptions),
    "delete": ("delete_secret", sdk.DeleteSecretOptions),
}


def plain(result):
    if isinstance(result, list):
        return [plain(one) for one in result]
    return dataclasses.asdict(result) if dataclasses.is_dataclass(result) else result


def answer(request):
    client = sdk.Phase(init=False, pss=request["token"], host=request["host"])
    method, options = CALLS[request["call"]]
    return {"result": plain(getattr(client, method)(options(**request["with"])))}


def main():
    answers = sys.stdout
    for line in sys.stdin:
        # What the SDK prints must not be taken for an answer.
        with open(os.devnull, "w", encoding="utf-8") as nowhere, contextlib.redirect_stdout(nowhere):
            try:
                reply = answer(json.loads(line))
            except BaseException as failure:  # the SDK ends the process on some failures
                reply = {"error": f"{type(failure).__name__}: {failure}"}
        answers.write(json.dumps(reply) + "\n")
        answers.flush()


main()
