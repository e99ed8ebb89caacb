import { describe, expect, test, vi } from "vitest";
import { RequestError, unwrap } from "../src/api/client";
import { session } from "../src/api/session";
import { clock } from "../src/api/clock";
import { csv } from "../src/csv";
import { byProduct, byReason, DAYS, daysToDecision, workingDays, type LatestClaim } from "../src/latest";
import { merge } from "../src/merge";
import { bytes, deadline, relative } from "../src/time";
import { midnight } from "../src/pages/reviewers";
import { months } from "../src/pages/statistics";
import { strokes } from "../src/ui/charts";
import { readFilter } from "../src/pages/claims";
import { faceOf } from "../src/viewer";

vi.stubGlobal("sessionStorage", { getItem: () => null, setItem: () => {}, removeItem: () => {} });

describe("merge", () => {
  test("takes what only one side changed", () => {
    expect(merge({ a: 1, b: 1, c: 1 }, { a: 2, b: 1, c: 1 }, { a: 1, b: 1, c: 3 })).toEqual({
      merged: { a: 2, b: 1, c: 3 },
      conflicts: [],
    });
  });
  test("keeps mine and names the field where both changed it", () => {
    expect(merge({ a: [1] }, { a: [2] }, { a: [3] })).toEqual({
      merged: { a: [2] },
      conflicts: [{ field: "a", mine: [2], theirs: [3] }],
    });
    expect(merge({ a: 1 }, { a: 2 }, { a: 2 }).conflicts).toEqual([]);
  });
});

test("CSV quotes what must be quoted and defuses formulas", () => {
  expect(csv([["a", 'b "c"', "d,e"], ["=1+1", null, -5]])).toBe('a,"b ""c""","d,e"\r\n\'=1+1,,-5\r\n');
});

describe("times", () => {
  const now = Date.parse("2026-12-07T12:00:00Z");
  test("are relative to the server's now", () => {
    expect(relative("2026-12-10T12:00:00Z", now, "en")).toBe("in 3 days");
    expect(relative("2026-12-07T11:59:50Z", now, "en")).toBe("10 seconds ago");
    expect(relative("2026-12-06T12:00:00Z", now, "sv")).toBe("i går");
  });
  test("deadlines name their zone", () => {
    expect(deadline("2026-12-15T00:00:00Z", "en")).toContain("UTC");
  });
  test("sizes have a unit", () => {
    expect(bytes(0, "en")).toBe("0 byte");
    expect(bytes(1_500_000, "en")).toBe("1.5 MB");
  });
});

test("months are half-open ranges without a gap, also over the turn of the year", () => {
  const found = months(Date.parse("2027-01-31T23:00:00Z"), 3);
  expect(found).toEqual([
    { from: "2026-11-01T00:00:00.000Z", before: "2026-12-01T00:00:00.000Z" },
    { from: "2026-12-01T00:00:00.000Z", before: "2027-01-01T00:00:00.000Z" },
    { from: "2027-01-01T00:00:00.000Z", before: "2027-02-01T00:00:00.000Z" },
  ]);
});

test("a filter is read from the address, and what is unknown is left out", () => {
  expect(readFilter("?status=APPROVED&status=NONSENSE&q=ward&overdue=true&sort=DUE_AT&direction=asc&area=X")).toEqual({
    filter: { status: ["APPROVED"], search: "ward", overdue: true },
    sort: "DUE_AT",
    descending: false,
  });
  expect(readFilter("")).toEqual({ filter: {}, sort: "UPDATED_AT", descending: true });
});

test("the face goes by the roles", () => {
  expect(faceOf(["INCENTIVES_USER"])).toBe("partner");
  expect(faceOf(["AUDITOR"])).toBe("vendor");
  expect(faceOf(["CUSTOMER_ADMIN"])).toBe("customer");
  expect(faceOf(["DIRECTORY_SYNC"])).toBe("directory");
});

test("a fresh token of the same person keeps the person; another one's does not", () => {
  const token = (sub: string, more: string) => `h.${btoa(JSON.stringify({ sub, more }))}.s`;
  session.signIn(token("ines", "1"));
  const before = session.person();
  session.signIn(token("ines", "2"));
  expect(session.person()).toBe(before);
  session.signIn(token("rita", "1"));
  expect(session.person()).not.toBe(before);
  session.signIn("opaque");
  const opaque = session.person();
  session.signIn("opaque");
  expect(session.person()).not.toBe(opaque);
  session.signOut();
});

test("an error of the server has its code and the request's id, and a bad token ends the session", () => {
  expect(unwrap({ data: { a: 1 } }, 200, "id")).toEqual({ a: 1 });
  session.signIn("Bearer abc");
  expect(session.token()).toBe("abc");
  const answer = { errors: [{ message: "No.", extensions: { code: "UNAUTHENTICATED" } }] };
  let error: unknown;
  try {
    unwrap(answer, 401, "request-1");
  } catch (caught) {
    error = caught;
  }
  expect(error).toBeInstanceOf(RequestError);
  expect(error).toMatchObject({ code: "UNAUTHENTICATED", status: 401, requestId: "request-1" });
  expect(session.hasEnded()).toBe(true);
  session.signOut();
  expect(session.hasEnded()).toBe(false);
});

describe("the clock", () => {
  test("goes by the server's answers, until a sandbox reports its own time", () => {
    const hour = 3_600_000;
    clock.observe(new Date(Date.now() + hour).toUTCString());
    expect(Math.abs(clock.now() - Date.now() - hour)).toBeLessThan(2_000);
    clock.observe(null);
    clock.observe("nonsense");
    expect(Math.abs(clock.now() - Date.now() - hour)).toBeLessThan(2_000);
    clock.set(new Date(Date.now() + 24 * hour).toISOString());
    clock.observe(new Date().toUTCString());
    expect(Math.abs(clock.now() - Date.now() - 24 * hour)).toBeLessThan(2_000);
  });
});

describe("the latest claims", () => {
  const claim = (part: Partial<LatestClaim>): LatestClaim => ({ id: "1", status: "APPROVED", lines: [], ...part }) as LatestClaim;
  test("working days leave out Saturdays and Sundays", () => {
    const from = "2026-12-04T23:00:00Z"; // a Friday
    expect(workingDays(from, "2026-12-04T23:30:00Z")).toBe(0);
    expect(workingDays(from, "2026-12-06T10:00:00Z")).toBe(0);
    expect(workingDays(from, "2026-12-07T00:00:00Z")).toBe(1);
    expect(workingDays(from, "2026-12-11T10:00:00Z")).toBe(5);
    expect(workingDays("2026-12-05T10:00:00Z", "2026-12-14T10:00:00Z")).toBe(6);
  });
  test("are counted by days, product and reason", () => {
    const product = (id: string) => ({ id: `line-${id}`, product: { id, name: `Product ${id}` } });
    const claims = [
      claim({ submittedAt: "2026-12-07T10:00:00Z", decidedAt: "2026-12-09T10:00:00Z", lines: [product("a"), product("b"), product("a")] }),
      claim({ submittedAt: "2026-01-05T10:00:00Z", decidedAt: "2026-06-09T10:00:00Z", lines: [product("b")] }),
      claim({ status: "REJECTED", rejection: { reason: "OTHER" } }),
      claim({ status: "UNDER_REVIEW", rejection: { reason: "OTHER" } }),
    ];
    const days = daysToDecision(claims);
    expect([days[2], days[DAYS], days.reduce((sum, count) => sum + count)]).toEqual([1, 1, 2]);
    expect(byProduct(claims).map(({ id, count }) => [id, count])).toEqual([
      ["b", 2],
      ["a", 1],
    ]);
    expect(byReason(claims)).toEqual([{ reason: "OTHER", count: 1 }]);
  });
});

test("a line is broken where a month has no decision", () => {
  const share = (value: number | null) => ({ share: value });
  expect(strokes([share(0), share(1), share(null), share(0.5), share(1)])).toEqual(["10,100 30,0", "70,50 90,0"]);
  expect(strokes([share(1), share(null)])).toEqual([]);
});

test("an absence begins and ends at the viewer's midnights", () => {
  const [begins, ends] = [new Date(midnight("2026-12-31")), new Date(midnight("2026-12-31", 1))];
  expect([begins.getDate(), begins.getHours(), ends.getFullYear(), ends.getDate(), ends.getHours()]).toEqual([31, 0, 2027, 1, 0]);
});
