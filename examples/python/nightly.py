"""A nightly job: every claim of a CSV file once, however often the job runs, then what has changed since its last run.

    python nightly.py claims.csv [--state nightly.json] [--batch 500]

The columns are those of `cpor import claims`. Needs CPOR_ENDPOINT and INCENTIVES_ADMIN, a partner's token.
"""

import argparse
import asyncio
import collections
import csv
import hashlib
import json
import os
import sys
import uuid

from gql import Client, GraphQLRequest
from gql.transport.aiohttp import AIOHTTPTransport
from gql.transport.exceptions import TransportConnectionFailed, TransportServerError

ENDPOINT = os.environ["CPOR_ENDPOINT"]
AUTHORIZATION = {"Authorization": f"Bearer {os.environ['INCENTIVES_ADMIN']}"}
TRIES = 5

PRODUCTS = "query($after: String) { products(first: 100, after: $after) { nodes { id skuId } pageInfo { hasNextPage endCursor } } }"
CREATE = """
mutation($input: CreateClaimsInput!) {
  createClaims(input: $input) {
    created skipped refused
    problems { code message remedy }
    results { index outcome problems { code field message remedy } }
  }
}
"""
CHANGES = """
query($after: String) {
  history(first: 100, after: $after) {
    nodes { action at claim { number externalReference status } }
    pageInfo { hasNextPage endCursor }
  }
}
"""


class State:
    """What the job remembers between runs: how far it has read the history, and the run that has not ended yet."""

    def __init__(self, path):
        self.path = path
        self.values = json.load(open(path)) if os.path.exists(path) else {}

    def keep(self, **values):
        """Replaces the file whole: a job that is killed leaves the old one or the new one."""
        self.values |= values
        with open(f"{self.path}.new", "w") as file:
            json.dump(self.values, file)
        os.replace(f"{self.path}.new", self.path)


def row(line, products):
    """A line of the file as a row of createClaims. An empty cell is left out."""
    skus = [sku.strip() for sku in (line.get("sku_ids") or "").split(";") if sku.strip()]
    subscriptions = [text.strip() or None for text in (line.get("subscription_ids") or "").split(";")]
    if len(skus) < len(subscriptions) and any(subscriptions):
        sys.exit(f"{line['external_reference']}: there are more subscription_ids than sku_ids.")
    subscriptions += [None] * (len(skus) - len(subscriptions))
    row = {
        "externalReference": line["external_reference"],
        "name": line["name"],
        "tenantId": line["tenant_id"],
        "domain": line["domain"],
        "solutionArea": line["solution_area"],
        "activities": [activity.strip() for activity in line["activities"].split(";")],
        "mpnId": line["mpn_id"],
        "lines": [
            {"productId": products.get(sku, sku), "subscriptionId": subscription}
            for sku, subscription in zip(skus, subscriptions)
        ],
    }
    for name in ("customer_contact", "technical_contact", "partner_contact"):
        if line.get(f"{name}_name") or line.get(f"{name}_email"):
            first, second = name.split("_")
            row[first + second.title()] = {"name": line[f"{name}_name"], "email": line[f"{name}_email"]}
    for name, field in (("solution_seller", "solutionSeller"), ("partner_solution", "partnerSolution")):
        if line.get(name):
            row[field] = line[name]
    return row


async def ask(session, document, **variables):
    """Sends an operation, and sends it again where the server could not be reached or was busy."""
    for attempt in range(TRIES):
        try:
            return await session.execute(GraphQLRequest(document, variable_values=variables))
        except (TransportConnectionFailed, TransportServerError, asyncio.TimeoutError):
            if attempt + 1 == TRIES:
                raise
            await asyncio.sleep(2**attempt)


async def pages(session, document, field, after=None):
    """Every page of a connection after this cursor."""
    while True:
        page = (await ask(session, document, after=after))[field]
        yield page
        if not page["pageInfo"]["hasNextPage"]:
            return
        after = page["pageInfo"]["endCursor"]


async def load(session, lines, size, run):
    """Sends the lines in batches; returns how many were refused."""
    products = {}
    async for page in pages(session, PRODUCTS, "products"):
        products |= {product["skuId"]: product["id"] for product in page["nodes"]}
    refused = 0
    for start in range(0, len(lines), size):
        batch = lines[start : start + size]
        rows = [row(line, products) for line in batch]
        # The key repeats the same rows safely within this run. The references do so over runs: what exists is skipped.
        digest = hashlib.sha256(json.dumps(rows).encode()).hexdigest()[:16]
        answer = await ask(
            session,
            CREATE,
            input={
                "rows": rows,
                "policy": "KEEP_GOOD",
                "onExisting": "SKIP",
                "idempotencyKey": f"{run}-{digest}",
            },
        )
        done = answer["createClaims"]
        for problem in done["problems"]:
            sys.exit(f"{problem['code']}: {problem['message']} {problem['remedy'] or ''}")
        for result in done["results"]:
            if result["outcome"] == "REFUSED":
                reference = batch[result["index"]]["external_reference"]
                for problem in result["problems"]:
                    field = ".".join(problem["field"] or [])
                    print(f"{reference}: {field}: {problem['message']} {problem['remedy'] or ''}", file=sys.stderr)
        refused += done["refused"]
        print(f"batch {start // size + 1}: {done['created']} created, {done['skipped']} skipped, {done['refused']} refused", flush=True)
    return refused


async def changes(session, state):
    """Reads the history from where the last run stopped, and remembers each page."""
    actions = collections.Counter()
    async for page in pages(session, CHANGES, "history", state.values.get("after")):
        actions.update(entry["action"] for entry in page["nodes"])
        if page["nodes"]:
            state.keep(after=page["pageInfo"]["endCursor"])
    return actions


async def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file")
    parser.add_argument("--state", default="nightly.json")
    parser.add_argument("--batch", type=int, default=500)
    words = parser.parse_args()
    state = State(words.state)
    # A run that was killed is taken up again under its own name, and so with the keys that it has used.
    run = state.values.get("run") or f"nightly-{uuid.uuid4()}"
    state.keep(run=run)
    with open(words.file, newline="", encoding="utf-8-sig") as file:
        lines = list(csv.DictReader(file))
    if not all((line.get("external_reference") or "").strip() for line in lines):
        sys.exit("Every line needs an external_reference: without it, the next run would create the claim again.")
    transport = AIOHTTPTransport(url=ENDPOINT, headers=AUTHORIZATION)
    async with Client(transport=transport, execute_timeout=60) as session:
        refused = await load(session, lines, words.batch, run)
        found = await changes(session, state)
    state.keep(run=None)
    summary = ", ".join(f"{count} {action}" for action, count in sorted(found.items())) or "none"
    print(f"changes since the last run: {summary}")
    return 1 if refused else 0


sys.exit(asyncio.run(main()))
