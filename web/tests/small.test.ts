import { describe, expect, test, vi } from "vitest";
import { RequestError, unwrap } from "../src/api/client";
import { session } from "../src/api/session";
import { clock } from "../src/api/clock";
import { csv } from "../src/csv";
import { businessDays, DAYS, daysToDecision } from "../src/latest";
import { merge } from "../src/merge";
import { beginningOf, bytes, dayIn, deadline, knownZone, relative } from "../src/time";
import { midnight } from "../src/pages/reviewers";
import { monthsAgo } from "../src/pages/statistics";
import { periods, type Group } from "../src/periods";
import { strokes } from "../src/ui/charts";
import { readFilter } from "../src/filter";
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
    expect(deadline("2026-12-15T00:00:00Z", "en", "UTC")).toContain("UTC");
    expect(deadline("2026-12-14T23:00:00Z", "en", "Europe/Stockholm")).toMatch(/^Dec 15, 2026, 12:00 AM GMT\+1$/);
    expect([knownZone("Europe/Stockholm"), knownZone("Nowhere/At_All")]).toEqual(["Europe/Stockholm", "UTC"]);
  });
  test("days begin when their zone begins them, also on the day that its clocks are moved", () => {
    const day = (text: string) => Date.parse(text);
    expect(dayIn("Pacific/Auckland", "2026-03-31T11:00:00Z")).toBe(day("2026-04-01"));
    for (const [zone, date, begins] of [
      ["UTC", "2026-04-01", "2026-04-01T00:00:00.000Z"],
      ["Pacific/Auckland", "2026-04-01", "2026-03-31T11:00:00.000Z"],
      ["America/Los_Angeles", "2026-03-08", "2026-03-08T08:00:00.000Z"],
      ["Asia/Kathmandu", "2026-04-01", "2026-03-31T18:15:00.000Z"],
    ] as const) {
      expect(new Date(beginningOf(zone, day(date))).toISOString(), zone).toBe(begins);
    }
  });
  test("sizes have a unit", () => {
    expect(bytes(0, "en")).toBe("0 byte");
    expect(bytes(1_500_000, "en")).toBe("1.5 MB");
  });
});

describe("periods", () => {
  const group = (from: string, total = 1): Group => ({ key: from, label: from, from, total });
  test("have no gap, also over the turn of the year, and go up to now", () => {
    const groups = [group("2026-11-01T00:00:00Z"), group("2027-01-01T00:00:00Z", 3)];
    const found = periods(groups, "MONTH", Date.parse("2027-02-03T00:00:00Z"), 12, "UTC");
    expect(found.map(({ from, before, group }) => [from, before, group?.total ?? 0])).toEqual([
      ["2026-11-01T00:00:00.000Z", "2026-12-01T00:00:00.000Z", 1],
      ["2026-12-01T00:00:00.000Z", "2027-01-01T00:00:00.000Z", 0],
      ["2027-01-01T00:00:00.000Z", "2027-02-01T00:00:00.000Z", 3],
      ["2027-02-01T00:00:00.000Z", "2027-03-01T00:00:00.000Z", 0],
    ]);
    expect(periods(groups, "MONTH", Date.parse("2027-02-03T00:00:00Z"), 2, "UTC")).toEqual(found.slice(-2));
    expect(periods([], "MONTH", 0, 12, "UTC")).toEqual([]);
  });
  test("begin when the policy's zone begins them, also where its clocks are moved", () => {
    // Stockholm: an hour before midnight UTC in winter, two in summer.
    const groups = [group("2026-02-28T23:00:00Z"), group("2026-03-31T22:00:00Z"), group("2026-05-31T22:00:00Z")];
    const found = periods(groups, "MONTH", Date.parse("2026-06-02T00:00:00Z"), 12, "Europe/Stockholm");
    expect(found.map(({ from }) => from)).toEqual([
      "2026-02-28T23:00:00.000Z",
      "2026-03-31T22:00:00.000Z",
      "2026-04-30T22:00:00.000Z",
      "2026-05-31T22:00:00.000Z",
    ]);
    expect(found[0]?.before).toBe(found[1]?.from);
    const weeks = periods([group("2026-03-22T23:00:00Z"), group("2026-03-29T22:00:00Z")], "WEEK", Date.parse("2026-04-01T00:00:00Z"), 13, "Europe/Stockholm");
    expect(weeks.map(({ group }) => group?.total)).toEqual([1, 1]);
  });
  test("a choice of months begins with a month, the current one included", () => {
    expect(monthsAgo(Date.parse("2027-01-31T23:00:00Z"), 3, "UTC")).toBe("2026-11-01T00:00:00.000Z");
    expect(monthsAgo(Date.parse("2027-01-31T23:00:00Z"), 1, "Europe/Stockholm")).toBe("2027-01-31T23:00:00.000Z");
  });
});

test("a filter is read from the address, and what is unknown is left out", () => {
  expect(readFilter("?status=APPROVED&status=NONSENSE&q=ward&overdue=true&sort=DUE_AT&direction=asc&area=X")).toEqual({
    filter: { status: ["APPROVED"], search: "ward", overdue: true },
    sort: "DUE_AT",
    descending: false,
  });
  expect(readFilter("?reason=OTHER&reason=X&reviewer=rita@vendor.example&submittedFrom=2026-11-01T00:00:00Z").filter).toEqual({
    rejectionReason: ["OTHER"],
    reviewerSubject: "rita@vendor.example",
    submittedAt: { from: "2026-11-01T00:00:00Z" },
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
  const utc = { timeZone: "UTC", holidays: [] };
  test("business days leave out Saturdays, Sundays and holidays", () => {
    const from = "2026-12-04T23:00:00Z"; // a Friday
    expect(businessDays(from, "2026-12-04T23:30:00Z", utc)).toBe(0);
    expect(businessDays(from, "2026-12-06T10:00:00Z", utc)).toBe(0);
    expect(businessDays(from, "2026-12-07T00:00:00Z", utc)).toBe(1);
    expect(businessDays(from, "2026-12-11T10:00:00Z", utc)).toBe(5);
    expect(businessDays("2026-12-05T10:00:00Z", "2026-12-14T10:00:00Z", utc)).toBe(6);
    expect(businessDays(from, "2026-12-11T10:00:00Z", { ...utc, holidays: ["2026-12-06", "2026-12-09"] })).toBe(4);
    expect(businessDays(from, "2026-12-06T10:00:00Z", { ...utc, timeZone: "Pacific/Kiritimati" })).toBe(1);
  });
  test("are counted by the days to their decision", () => {
    const days = daysToDecision([
      { id: "1", submittedAt: "2026-12-07T10:00:00Z", decidedAt: "2026-12-09T10:00:00Z" },
      { id: "2", submittedAt: "2026-01-05T10:00:00Z", decidedAt: "2026-06-09T10:00:00Z" },
      { id: "3", submittedAt: "2026-01-05T10:00:00Z" },
    ], utc);
    expect([days[2], days[DAYS], days.reduce((sum, count) => sum + count)]).toEqual([1, 1, 2]);
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
