/** What people do in the console, in Chromium against a real `cpor demo`. The tests share one server and follow each other. */
import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { shot, signIn, tabTo, type Window } from "./browser";
import { QUICK, Stage } from "./support";

const stage = new Stage();

const PDF = `%PDF-1.4
1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj
2 0 obj << /Type /Pages /Kids [3 0 R] /Count 1 >> endobj
3 0 obj << /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] >> endobj
trailer << /Root 1 0 R >>
%%EOF
`;
/** One red pixel. */
const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==",
  "base64",
);
const file = (name: string) => ({ name, mimeType: "application/pdf", buffer: Buffer.from(PDF) });

describe("the first page", () => {
  test("shows ten people, the clock and the examples", async () => {
    const { page } = stage.first;
    await page.goto("/");
    await page.locator(".person").nth(9).waitFor();
    expect(await page.locator(".person").count()).toBe(10);
    await page.getByText(/It is \w+, \w+ \d+, \d{4} here/).waitFor();
  });

  test("moves the clock and shows what happened", async () => {
    const { page } = stage.first;
    const text = () => page.locator(".clock p").first().textContent();
    const before = await text();
    await page.getByRole("button", { name: "+1 day" }).click();
    await page.getByText(/things? happened on the way/).waitFor();
    await expect.poll(text).not.toBe(before);
  });

  test("opens the claim that fails six rules at once", async () => {
    const { page } = stage.first;
    await page.getByRole("button", { name: /fails six rules/ }).click();
    await page.getByText("6 problems stand against submission").waitFor();
    const codes = await page.locator(".editor .problems code").allTextContents();
    expect(codes.sort()).toEqual([
      "ACTIVITY_NOT_ALLOWED",
      "LOCATION_NOT_ENROLLED",
      "SUBSCRIPTION_CHANNEL_NOT_ELIGIBLE",
      "SUBSCRIPTION_NOT_ACTIVE",
      "SUBSCRIPTION_NOT_PROVISIONED",
      "SUBSCRIPTION_REQUIRED",
    ]);
    // A problem disappears as one fixes it.
    await page.getByRole("combobox", { name: "Location" }).selectOption("1000101");
    await page.getByText("5 problems stand against submission").waitFor();
    await page.getByRole("checkbox", { name: /Revenue association/ }).uncheck();
    await page.getByText("4 problems stand against submission").waitFor();
  });

  test("opens GraphiQL with the person's token, offline", async () => {
    const { page } = stage.first;
    await page.goto("/");
    await page.locator(".person", { hasText: "Rita Moss" }).getByRole("button", { name: /GraphiQL/ }).click();
    // The editor is loaded after the button; without it there is nothing to run.
    await page.locator(".graphiql-query-editor .CodeMirror", { hasText: "viewer" }).waitFor();
    await page.getByRole("button", { name: /Execute query/ }).click();
    await page.locator(".result-window", { hasText: "rita@vendor.example" }).waitFor();
    expect(await page.locator(".graphiql-tab").count()).toBeGreaterThan(3);
    await shot(page, "graphiql-light");
    // The schema was read too, without which the explorer is empty.
    await page.getByRole("button", { name: "Show Documentation Explorer" }).click();
    await page.locator(".graphiql-doc-explorer", { hasText: "Root Types" }).waitFor();
  });
});

describe("a claim from draft to approval, by clicks in two windows", () => {
  const NAME = "Sales for the field force";
  let partner: Window;
  let reviewer: Window;

  beforeAll(async () => {
    partner = await stage.window();
    reviewer = await stage.beside(partner);
  });

  test("the partner writes a draft that saves itself", async () => {
    const { page } = partner;
    await signIn(page, "Ines Alder");
    await page.getByRole("link", { name: "New claim" }).first().click();
    await page.getByLabel("Name of the claim").fill(NAME);
    await page.getByLabel("A customer you have worked with").selectOption({ label: "Northgate Foods" });
    await page.getByRole("checkbox", { name: /Usage/ }).check();
    const product = page.getByRole("combobox", { name: "Add a product" });
    await product.fill("DYN365_ENTERPRISE_SALES");
    await page.getByRole("option", { name: /DYN365_ENTERPRISE_SALES$/ }).click();
    await page.getByRole("combobox", { name: "Location" }).selectOption("1000101");
    for (const group of ["Customer contact", "Technical contact", "Partner contact"]) {
      const fields = page.getByRole("group", { name: group });
      await fields.getByLabel("Name").fill("Nora Reyes");
      await fields.getByLabel("E-mail").fill("nora@northgate.example");
    }
    await page.waitForURL(/\/console\/new\/.+/);
    await page.getByText("PROOF_OF_EXECUTION_REQUIRED").first().waitFor();
    await page.getByText("1 problem stands against submission").waitFor();
  });

  test("proof is attached, also where the first try fails", async () => {
    const { page } = partner;
    let tries = 0;
    await page.route("**/graphql", async (route) => {
      const isUpload = (route.request().headers()["content-type"] ?? "").startsWith("multipart/");
      if (isUpload && ++tries === 1) return route.abort("connectionreset");
      return route.continue();
    });
    await page.locator("input[type=file]").setInputFiles(file("proof.pdf"));
    await page.locator(".document", { hasText: "proof.pdf" }).getByRole("button", { name: /Download/ }).waitFor();
    await page.unroute("**/graphql");
    expect(tries).toBe(2);
  });

  test("a file of a wrong kind is refused with its remedy", async () => {
    const { page } = partner;
    await page.locator("input[type=file]").setInputFiles({ name: "notes.txt", mimeType: "text/plain", buffer: Buffer.from("hello") });
    const refused = page.locator(".document", { hasText: "notes.txt" });
    await refused.getByText("FILE_TYPE_NOT_ALLOWED").waitFor();
    await refused.getByRole("button", { name: "Dismiss" }).click();
  });

  test("a file can be dropped anywhere on the page", async () => {
    const { page } = partner;
    await page.evaluate((content) => {
      const data = new DataTransfer();
      data.items.add(new File([content], "dropped.pdf", { type: "application/pdf" }));
      const target = document.querySelector("h1");
      for (const type of ["dragenter", "dragover", "drop"]) {
        target?.dispatchEvent(new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer: data }));
      }
    }, PDF);
    await page.locator(".document", { hasText: "dropped.pdf" }).getByRole("button", { name: /Download/ }).waitFor();
  });

  test("an image is shown and a file is saved by addresses that need no token", async () => {
    const { page } = partner;
    await page.locator("input[type=file]").setInputFiles({ name: "site.png", mimeType: "image/png", buffer: PNG });
    const card = page.locator(".document", { hasText: "site.png" });
    await card.locator(".open").click();
    const image = page.locator("img.preview-image");
    await expect.poll(() => image.evaluate((shown: HTMLImageElement) => shown.naturalWidth)).toBe(1);
    expect(await image.getAttribute("src")).toMatch(/^\/documents\/.+\?/);
    const [saved] = await Promise.all([page.waitForEvent("download"), card.getByRole("button", { name: /Download/ }).click()]);
    expect(saved.suggestedFilename()).toBe("site.png");
    expect(readFileSync(await saved.path())).toEqual(PNG);
  });

  test("it is submitted, and the reviewer's queue shows it by itself", async () => {
    await signIn(reviewer.page, "Rita Moss");
    await reviewer.page.getByText("Live", { exact: true }).waitFor();
    const { page } = partner;
    await page.getByText("No problems.").waitFor();
    await page.locator(".submit-bar").getByRole("button", { name: "Submit" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Submit" }).click();
    await page.waitForURL(/\/console\/claims\/.+/);
    await page.locator(".claim-head .status-SUBMITTED").waitFor();
    await reviewer.page.locator(".queue").getByRole("link", { name: NAME }).waitFor();
    await reviewer.page.locator(".toast", { hasText: NAME }).first().waitFor();
  });

  test("the reviewer starts the review and asks for more", async () => {
    const { page } = reviewer;
    await page.locator(".queue").getByRole("link", { name: NAME }).click();
    await page.getByRole("button", { name: "Start review" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Start review" }).click();
    await page.locator(".claim-head .status-UNDER_REVIEW").waitFor();
    await page.locator(".pdf canvas").waitFor();
    await page.locator(".document .thumbnail").first().waitFor();
    await page.getByRole("checkbox", { name: "Dates are missing or outdated" }).check();
    await page.getByRole("button", { name: "Request action" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: "Write the text for these reasons" }).click();
    await dialog.getByRole("button", { name: "Request action" }).click();
    await page.locator(".claim-head .status-PARTNER_ACTION_REQUIRED").waitFor();
  });

  test("an internal note is the vendor's only", async () => {
    const { page } = reviewer;
    await page.getByRole("checkbox", { name: /Internal: only the vendor/ }).check();
    await page.getByLabel("Internal note, hidden from the partner").fill("Ask for the signed page.");
    await page.getByRole("button", { name: "Send comment" }).click();
    await page.locator(".entry.internal", { hasText: "Ask for the signed page." }).waitFor();
    await partner.page.locator(".pinned").waitFor();
    expect(await partner.page.getByText("Ask for the signed page.").count()).toBe(0);
  });

  test("the partner sees the request pinned, live, and responds", async () => {
    const { page } = partner;
    await page.locator(".pinned", { hasText: "Please give the dates of the work." }).waitFor();
    await page.getByRole("button", { name: "Respond" }).click();
    await page.getByLabel(/Message/).fill("From March to May.");
    await page.getByRole("dialog").getByRole("button", { name: "Respond" }).click();
    await page.locator(".claim-head .status-UNDER_REVIEW").waitFor();
    await page.getByRole("link", { name: "Board" }).click();
    await page.locator(".column", { hasText: "Under review" }).getByRole("link", { name: NAME }).waitFor();
  });

  test("it is approved, and the partner's card moves by itself", async () => {
    const { page } = reviewer;
    await page.locator(".claim-head .status-UNDER_REVIEW").waitFor();
    await page.getByRole("button", { name: "Approve" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Approve" }).click();
    await page.locator(".claim-head .status-APPROVED").waitFor();
    await partner.page.locator(".column", { hasText: "Approved" }).getByRole("link", { name: NAME }).waitFor();
    await partner.page.getByRole("link", { name: "Associations" }).click();
    await partner.page.getByRole("cell", { name: /in consent until/ }).first().waitFor();
  });

  test("the customer sees it and declines", async () => {
    const customer = await stage.beside(partner);
    await signIn(customer.page, "Nora Reyes");
    const card = customer.page.locator(".consents li", { hasText: NAME });
    await card.getByRole("button", { name: "Decline" }).click();
    const dialog = customer.page.getByRole("dialog");
    await dialog.getByText("the partner loses the association").waitFor();
    await dialog.getByRole("button", { name: "Decline" }).click();
    await card.getByText("Consent declined").waitFor();
    await customer.page.close();
  });
});

describe("reviewers", () => {
  test("move through the queue by keys, and search", async () => {
    const { page } = stage.first;
    await signIn(page, "Rita Moss");
    await page.locator(".queue-row").first().waitFor();
    expect(await page.locator(".queue-row").first().locator(".deadline-OVERDUE").count()).toBe(1);
    await page.keyboard.press("j");
    await page.keyboard.press("j");
    expect(await page.locator(".queue-row").nth(1).getAttribute("class")).toContain("current");
    await page.keyboard.press("k");
    expect(await page.locator(".queue-row").nth(0).getAttribute("class")).toContain("current");
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/console\/claims\/.+/);
    await page.keyboard.press("/");
    await page.getByRole("combobox", { name: /Number, name/ }).fill("ward tablets");
    await page.getByRole("option", { name: /Ward tablets/ }).waitFor();
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Ward tablets" }).waitFor();
    await page.keyboard.press("?");
    await page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor();
    await page.keyboard.press("Escape");
    await expect.poll(() => page.getByRole("dialog").count()).toBe(0);
  });

  test("by keyboard alone: sign in, open a claim, write a comment", async () => {
    const { page } = stage.first;
    await page.goto("/");
    await page.locator(".person").first().waitFor();
    await tabTo(page, /^Sign in Rita Moss$/);
    await page.keyboard.press("Enter");
    await page.locator(".queue-row").first().waitFor();
    await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/console\/claims\/.+/);
    await page.locator(".timeline .entry").first().waitFor();
    await tabTo(page, /^Comment$/);
    await page.keyboard.type("Written by keyboard.");
    await tabTo(page, /^Send comment$/);
    await page.keyboard.press("Enter");
    await page.locator(".entry", { hasText: "Written by keyboard." }).waitFor();
  });

  test("take a claim with one key", async () => {
    const { page } = stage.first;
    await page.goto("/console/queue?scope=unassigned");
    await page.locator(".queue-row").first().waitFor();
    const name = (await page.locator(".queue-row a").first().textContent()) ?? "";
    await page.keyboard.press("j");
    await page.keyboard.press("a");
    await expect.poll(() => page.locator(".queue-row", { hasText: name }).count()).toBe(0);
    await page.getByRole("button", { name: "Mine" }).click();
    await page.locator(".queue-row", { hasText: name }).waitFor();
  });

  test("leads assign several at once", async () => {
    const { page } = stage.first;
    await signIn(page, "Lena Hart");
    await page.locator(".queue-row").first().waitFor();
    const boxes = page.locator(".queue-row input[type=checkbox]");
    await boxes.nth(0).check();
    await boxes.nth(1).check();
    await page.getByRole("button", { name: "Assign 2 claims" }).click();
    await page.getByRole("dialog").getByLabel("Reviewer", { exact: true }).selectOption("lena@vendor.example");
    await page.getByRole("dialog").getByRole("button", { name: "Assign 2 claims" }).click();
    await expect.poll(() => page.locator(".queue-row", { hasText: "Lena Hart" }).or(page.locator(".queue-row", { hasText: "lena@vendor.example" })).count()).toBeGreaterThanOrEqual(2);
  });

  test("are listed with their open reviews; a lead sets an absence with a deputy and moves the reviews", async () => {
    const { page } = stage.first;
    await page.getByRole("link", { name: "Reviewers", exact: true }).click();
    const rita = page.getByRole("row", { name: /Rita Moss/ });
    await rita.getByRole("button", { name: "Set absence" }).click();
    await page.getByLabel("Deputy").selectOption("lena@vendor.example");
    await page.getByRole("dialog").getByRole("button", { name: "Set absence" }).click();
    await rita.getByText(/away until/).waitFor();
    await rita.getByText("Deputy: Lena Hart").waitFor();
    await rita.getByRole("button", { name: "Set absence" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "End absence" }).click();
    await expect.poll(() => rita.getByText(/away until/).count()).toBe(0);
    await rita.getByRole("button", { name: "Move reviews" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("New reviewer").selectOption("lena@vendor.example");
    await dialog.getByRole("button", { name: "Move reviews" }).click();
    await dialog.getByText(/reviews? (was|were) moved/).waitFor();
    await dialog.getByRole("button", { name: "Close" }).last().click();
    await expect.poll(() => rita.getByRole("button", { name: "Move reviews" }).count()).toBe(0);
  });

  test("see both sides of an arbitration with the differences, and a lead awards it", async () => {
    const { page } = stage.first;
    await page.goto("/");
    await page.getByRole("button", { name: /An arbitration/ }).click();
    await page.waitForURL(/\/console\/arbitrations\/.+/);
    await page.locator("tr.differs", { hasText: "Location" }).waitFor();
    await page.getByRole("button", { name: /Award to Brightwater/ }).click();
    await page.getByLabel("Rationale").fill("The proof of Brightwater is older and complete.");
    await page.getByRole("dialog").getByRole("button", { name: /Award to Brightwater/ }).click();
    await page.locator(".page-head .badge", { hasText: "Awarded" }).waitFor();
  });

  test("statistics lead to the list of their claims", async () => {
    const { page } = stage.first;
    await page.getByRole("link", { name: "Statistics" }).click();
    await page.getByRole("link", { name: "Brightwater Systems" }).click();
    await page.waitForURL(/partnerId=/);
    await page.getByRole("row").nth(2).waitFor();
    for (const row of await page.getByRole("row").all()) {
      if ((await row.getByRole("cell").count()) > 0) expect(await row.textContent()).toContain("Brightwater");
    }
    // What the chart led to can be taken away again.
    await page.getByRole("button", { name: "Remove the filter Brightwater Systems" }).click();
    await expect.poll(() => page.url()).not.toMatch(/partnerId=/);
  });
});

describe("actions that are not available", () => {
  test("one whose role does not allow an action reads why, in the language chosen", async () => {
    const { page } = stage.first;
    await signIn(page, "Ulf Brandt");
    const query = "{ claims(first: 1, filter: { status: [UNDER_REVIEW] }) { nodes { id } } }";
    const { claims } = await stage.ask<{ claims: { nodes: { id: string }[] } }>("INCENTIVES_USER", query);
    await page.goto(`/console/claims/${claims.nodes[0]?.id}`);
    await page.locator(".closed-rest summary").click();
    const withdraw = page.locator(".closed li", { hasText: "Withdraw" });
    expect(await withdraw.getByRole("button").isDisabled()).toBe(true);
    await withdraw.getByText("Only an admin of your company can do this.").waitFor();
    const edit = page.locator(".closed li", { has: page.getByRole("button", { name: "Edit", exact: true }) });
    await edit.getByText(/^Required status: .* Current status: Under review\.$/).waitFor();
    await page.getByLabel("Language").selectOption("hu");
    await withdraw.or(page.locator(".closed li", { hasText: "Visszavonás" })).getByText("Ezt csak a cége egyik adminisztrátora teheti meg.").waitFor();
    await page.getByLabel("Nyelv").selectOption("en");
  });
});

describe.skipIf(QUICK)("lists", () => {
  test("keep their filters in the address, save views and export", async () => {
    const { page } = stage.first;
    await signIn(page, "Ines Alder");
    await page.getByRole("link", { name: "Claims", exact: true }).click();
    await page.getByLabel("Status", { exact: true }).selectOption("UNDER_REVIEW");
    await page.waitForURL(/status=UNDER_REVIEW/);
    await page.getByRole("button", { name: "Save view" }).click();
    await page.getByLabel("Name of the view").fill("In review");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByRole("button", { name: "Delete view In review" }).waitFor();
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Export CSV" }).click()]);
    expect(download.suggestedFilename()).toBe("claims.csv");
    await page.reload();
    await page.getByRole("row").nth(1).waitFor();
    expect(await page.getByLabel("Status", { exact: true }).inputValue()).toBe("UNDER_REVIEW");
  });
});

describe.skipIf(QUICK)("what goes wrong", () => {
  test("a version conflict of an action shows both versions and goes on with the newest", async () => {
    const { page } = stage.first;
    const claim = await stage.claimNamed("INCENTIVES_ADMIN", "Modern workplace for dispatchers");
    await page.goto(`/console/claims/${claim.id}`);
    await page.getByRole("button", { name: "Withdraw" }).click();
    await stage.ask("INCENTIVES_USER", "mutation($input: UpdateClaimInput!) { updateClaim(input: $input) { claim { version } problems { code } } }", {
      input: { claimId: claim.id, expectedVersion: claim.version, externalReference: "SAMPLE-A2b" },
    });
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Detail").fill("The wrong location.");
    await dialog.getByRole("button", { name: "Withdraw" }).click();
    await dialog.getByText(`Version ${claim.version} → ${claim.version + 1}`).waitFor();
    await dialog.getByRole("button", { name: "Withdraw" }).click();
    await page.locator(".claim-head .status-REJECTED").waitFor();
  });

  test("a draft that two people change is merged; what both changed is asked for", async () => {
    const { page } = stage.first;
    const claim = await stage.claimNamed("INCENTIVES_ADMIN", "Supply chain roll-out");
    await page.goto(`/console/new/${claim.id}`);
    await page.getByText("Live", { exact: true }).waitFor();
    // What is typed here is kept from the server until the other change has arrived.
    await page.route("**/graphql", async (route) => {
      const text = route.request().postData() ?? "";
      if (text.includes("mutation UpdateClaim")) await new Promise((done) => setTimeout(done, 1_500));
      await route.continue();
    });
    await page.getByLabel("Name of the claim").fill("Mine");
    await page.waitForTimeout(1_100);
    await stage.ask("INCENTIVES_USER", "mutation($input: UpdateClaimInput!) { updateClaim(input: $input) { claim { version } problems { code } } }", {
      input: { claimId: claim.id, expectedVersion: claim.version, name: "Theirs", externalReference: "THEIRS-1" },
    });
    const dialog = page.getByRole("dialog");
    await dialog.getByText("Someone else also changed this draft").waitFor();
    await page.unroute("**/graphql");
    await dialog.getByRole("button", { name: "Keep yours" }).click();
    await page.getByText("Saved", { exact: true }).waitFor();
    expect(await page.getByLabel("Your reference").inputValue()).toBe("THEIRS-1");
    await expect.poll(async () => (await stage.claimNamed("INCENTIVES_ADMIN", "Mine")).version).toBe(claim.version + 2);
  });

  test("a token that has ended asks for a fresh sign-in and keeps the page", async () => {
    const { page } = stage.first;
    await signIn(page, "Ines Alder");
    const name = "Kept through the sign-in";
    await page.goto("/console/new");
    await page.getByLabel("Name of the claim").fill(name);
    await page.route("**/graphql", (route) =>
      route.fulfill({
        status: 401,
        contentType: "application/json",
        body: JSON.stringify({ errors: [{ message: "A valid token is needed.", extensions: { code: "UNAUTHENTICATED" } }] }),
      }),
    );
    await page.getByLabel("A customer you have worked with").selectOption({ label: "Northgate Foods" });
    const dialog = page.getByRole("dialog", { name: "Your token has ended" });
    await dialog.waitFor();
    await page.unroute("**/graphql");
    await dialog.getByRole("button", { name: "Sign in again as Ines Alder" }).click();
    await expect.poll(() => dialog.count()).toBe(0);
    expect(await page.getByLabel("Name of the claim").inputValue()).toBe(name);
  });

  test("the server goes and comes back; nothing is missed", async () => {
    const { page } = stage.first;
    await page.goto("/console/board");
    await page.getByText("Live", { exact: true }).waitFor();
    const claim = await stage.claimNamed("INCENTIVES_ADMIN", "Finance for five plants");
    const restarted = stage.demo.restart(1_500);
    await page.getByText("Offline. Reconnecting…").waitFor();
    await restarted;
    // This happens while the window may still be waiting to connect again; the event stream resumes after its position.
    await stage.ask("REVIEWER", "mutation($input: AddCommentInput!) { addComment(input: $input) { problems { code } } }", {
      input: { claimId: claim.id, body: "Written while you were away." },
    });
    await page.locator(".toast", { hasText: "Finance for five plants" }).first().waitFor({ timeout: 15_000 });
    await page.getByText("Live", { exact: true }).waitFor();
  });
});

describe("in the end", () => {
  test("times go by the sandbox's clock, also where somebody else moves it", async () => {
    const { page } = stage.first;
    await signIn(page, "Ines Alder");
    const claim = await stage.claimNamed("INCENTIVES_ADMIN", "Finance for five plants");
    await page.goto(`/console/claims/${claim.id}`);
    await page.getByText("Live", { exact: true }).waitFor();
    const created = page.locator(".timeline .entry", { hasText: "created the draft" }).locator("time");
    await created.waitFor();
    expect(await created.textContent()).not.toMatch(/month/);
    await stage.ask("AUDITOR", "mutation { advanceClock(input: { by: \"P60D\" }) { now } }");
    await stage.ask("REVIEW_LEAD", "mutation($input: AddCommentInput!) { addComment(input: $input) { problems { code } } }", {
      input: { claimId: claim.id, body: "Sixty days later." },
    });
    await created.filter({ hasText: /2 months ago|last month/ }).waitFor();
    expect(await page.locator(".timeline .entry", { hasText: "Sixty days later." }).locator("time").textContent()).toMatch(/second|now/);
  });

  test("no request left the server, no policy was violated, no error went uncaught", () => stage.isClean());
});
