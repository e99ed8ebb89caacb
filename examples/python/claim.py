"""A claim from the first question to its withdrawal, with gql.

Needs CPOR_ENDPOINT and INCENTIVES_ADMIN, a partner's token: . ./cpor-data/tokens.env
"""

import asyncio
import io
import os

from gql import Client, FileVar, GraphQLRequest
from gql.transport.aiohttp import AIOHTTPTransport
from gql.transport.websockets import WebsocketsTransport

ENDPOINT = os.environ["CPOR_ENDPOINT"]
AUTHORIZATION = {"Authorization": f"Bearer {os.environ['INCENTIVES_ADMIN']}"}

PAYLOAD = "claim { id number status version } problems { code field message remedy }"

# A proof of one empty page.
PDF = b"""%PDF-1.4
1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj
2 0 obj << /Type /Pages /Kids [3 0 R] /Count 1 >> endobj
3 0 obj << /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] >> endobj
trailer << /Root 1 0 R >>
%%EOF
"""

PRODUCT = "query($search: String!) { products(first: 5, filter: { search: $search }) { nodes { id name skuPartNumber } } }"
ELIGIBILITY = """
query($input: ClaimEligibilityInput!) {
  claimEligibility(input: $input) { eligible programs problems { code message remedy } }
}
"""
LAST_POSITION = "query($id: ID!) { claim(id: $id) { history(last: 1) { nodes { position } } } }"
STATUS_CHANGED = """
subscription($claimId: ID, $after: String) {
  claimStatusChanged(claimId: $claimId, after: $after) { position toStatus }
}
"""


def mutation(name):
    """The document of a mutation whose payload is the changed claim."""
    return f"mutation($input: {name[0].upper()}{name[1:]}Input!) {{ {name}(input: $input) {{ {PAYLOAD} }} }}"


class Refused(Exception):
    """The rules refuse the request; the problems say why and what to do."""


async def change(session, operation, upload_files=False, **values):
    """Sends a mutation and returns the claim. A draft is kept with its problems, which say what it lacks."""
    request = GraphQLRequest(mutation(operation), variable_values={"input": values})
    payload = (await session.execute(request, upload_files=upload_files))[operation]
    if payload["claim"] is None:
        raise Refused("; ".join(f"{one['code']}: {one['message']} {one['remedy'] or ''}" for one in payload["problems"]))
    return payload["claim"]


async def first_event(claim_id, after):
    """The first change of the claim's status after this position."""
    url = ENDPOINT.replace("http", "ws", 1)
    transport = WebsocketsTransport(
        url=url, init_payload=AUTHORIZATION, subprotocols=[WebsocketsTransport.GRAPHQLWS_SUBPROTOCOL]
    )
    async with Client(transport=transport) as session:
        request = GraphQLRequest(STATUS_CHANGED, variable_values={"claimId": claim_id, "after": after})
        async for event in session.subscribe(request):
            return event["claimStatusChanged"]["toStatus"]


async def main():
    transport = AIOHTTPTransport(url=ENDPOINT, headers=AUTHORIZATION)
    async with Client(transport=transport) as session:

        async def ask(document, **variables):
            return await session.execute(GraphQLRequest(document, variable_values=variables))

        # Several products have these words in their names; the part number is the one's own.
        found = (await ask(PRODUCT, search="Dynamics 365 for Sales Enterprise"))["products"]["nodes"]
        product = next(one for one in found if one["skuPartNumber"] == "DYN365_ENTERPRISE_SALES")
        facts = {
            "mpnId": "1000101",
            "tenantId": "20000000-0000-4000-8000-000000000001",
            "domain": "northgate.example",
            "solutionArea": "BUSINESS_APPLICATIONS",
            "activities": ["USAGE"],
            "lines": [{"productId": product["id"]}],
        }
        found = (await ask(ELIGIBILITY, input=facts))["claimEligibility"]
        print(f"{product['name']}: {'eligible for ' + ', '.join(found['programs']) if found['eligible'] else found['problems']}")

        contact = {"name": "Nora Reyes", "email": "nora@northgate.example"}
        contacts = {name: contact for name in ("customerContact", "technicalContact", "partnerContact")}
        claim = await change(session, "createClaim", name="Sales, by Python", **facts, **contacts)

        proof = io.BytesIO(PDF)
        file = FileVar(proof, filename="proof.pdf", content_type="application/pdf")
        claim = await change(session, "attachProofOfExecution", upload_files=True, claimId=claim["id"], file=file)

        # What happens after this position is not missed, however late the subscription is there.
        history = (await ask(LAST_POSITION, id=claim["id"]))["claim"]["history"]
        heard = asyncio.create_task(first_event(claim["id"], history["nodes"][0]["position"]))
        claim = await change(session, "submitClaim", claimId=claim["id"], expectedVersion=claim["version"])
        print(f"{claim['number']} is {claim['status']}; live: {await heard}")

        claim = await change(
            session, "withdrawClaim", claimId=claim["id"], expectedVersion=claim["version"], detail="This was an example."
        )
        print(f"{claim['number']} is {claim['status']}")


asyncio.run(main())
