import { describe, expect, test } from "vitest";
import { translate, type Messages } from "../src/i18n";
import en from "../src/messages/en.json";
import hu from "../src/messages/hu.json";
import sv from "../src/messages/sv.json";
import tr from "../src/messages/tr.json";
import { isNear, reasonText, type ClosedClaim } from "../src/ui/closed";

type Closed = ClosedClaim["unavailableActions"][number];

const files = { en, tr, hu, sv } as unknown as Record<string, Messages>;

const words = (language: "en" | "tr" | "hu" | "sv") => ({
  language,
  t: (key: keyof typeof en, parameters = {}) => translate(files[language] as Messages, language, key, parameters),
  label: (group: string, value: string) => translate(files[language] as Messages, language, `${group}.${value}` as keyof typeof en),
});

const closed = (action: Closed["action"], code: Closed["reason"]["code"], params: Record<string, string> = {}): Closed => ({
  action,
  reason: { code, message: "Message.", remedy: "Remedy.", field: null, params: Object.entries(params).map(([name, value]) => ({ name, value })) },
});

const claim: ClosedClaim = { status: "UNDER_REVIEW", unavailableActions: [], reviewer: { subject: "rita" } };
const rita = { subject: "rita", roles: ["REVIEWER" as const], scopes: ["reviews:write"], calendar: { timeZone: "UTC" } };
const ulf = { subject: "ulf", roles: ["INCENTIVES_USER" as const], scopes: ["claims:write"], calendar: { timeZone: "UTC" } };

describe("why an action is not available", () => {
  const status = closed("SUBMIT", "WRONG_STATUS", { status: "UNDER_REVIEW", neededStatuses: "SUBMITTED EDITING", action: "SUBMIT" });
  test("names the statuses in the viewer's language", () => {
    expect(reasonText(status, claim, ulf, words("en"))).toBe("Required status: Submitted or Editing. Current status: Under review.");
    expect(reasonText(status, claim, ulf, words("tr"))).toBe("Gereken durum: Gönderildi veya Düzenleniyor. Şu anki durum: İnceleniyor.");
    expect(reasonText(status, claim, ulf, words("hu"))).toBe(
      "Szükséges állapot: Benyújtva vagy Szerkesztés alatt. Jelenlegi állapot: Bírálat alatt.",
    );
    expect(reasonText(status, claim, ulf, words("sv"))).toBe("Status som krävs: Inlämnat eller Redigeras. Nuvarande status: Granskas.");
  });

  test("is the arbitration where the status alone would do", () => {
    const award = closed("AWARD_ARBITRATION", "WRONG_STATUS", { neededStatuses: "UNDER_REVIEW" });
    expect(reasonText(award, claim, rita, words("en"))).toBe("No product of the claim is in an open arbitration.");
  });

  test("tells a role from a token and from another person's review", () => {
    const approve = closed("APPROVE", "NOT_ALLOWED", { action: "APPROVE" });
    const why = (viewer: Parameters<typeof reasonText>[2], of = claim) => reasonText(approve, of, viewer, words("en"));
    expect(why(ulf)).toBe("Only an admin of your company can do this.");
    expect(why({ ...ulf, roles: ["GLOBAL_ADMIN"] })).toBe("Your token does not allow this.");
    expect(why({ ...rita, roles: ["AUDITOR"] })).toBe("Only reviewers can do this.");
    expect(why({ ...rita, scopes: [] })).toBe("Your token does not allow this.");
    expect(why({ ...rita, subject: "rolf" })).toBe("Reserved for the assigned reviewer or a review lead.");
    expect(why(rita, { ...claim, dispute: { status: "OPEN" } })).toMatch(/^You rejected this claim/);
  });

  test("is the server's where the code is new", () => {
    expect(reasonText(closed("SUBMIT", "RATE_LIMITED" as "NOT_ALLOWED"), claim, rita, words("sv"))).toBe("Message. Remedy.");
  });

  test("is folded away where the status or the role does not fit", () => {
    expect(isNear(status, ulf)).toBe(false);
    expect(isNear(closed("SUBMIT", "NOT_ALLOWED"), ulf)).toBe(false);
    expect(isNear(closed("APPROVE", "NOT_ALLOWED"), rita)).toBe(true);
    expect(isNear(closed("APPROVE", "IN_ARBITRATION"), rita)).toBe(true);
  });
});
