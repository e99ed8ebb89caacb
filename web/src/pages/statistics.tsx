/**
 * Statistics as charts: over time, and by status, activity, area, product, partner, reviewer and reason. Each figure links to
 * the list of its claims. The period is in the address.
 */
import { useQueries, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useLocation, useSearch } from "wouter";
import { request } from "../api/client";
import {
  LatestClaimsDocument,
  StatisticsDocument,
  StatisticsGroupsDocument,
  type ClaimFilter,
  type StatisticsGroup,
} from "../api/generated";
import { useI18n } from "../i18n";
import { DAYS, daysToDecision, type LatestClaim } from "../latest";
import { periods, type Group, type Unit } from "../periods";
import { beginningOf, dayIn } from "../time";
import { Empty, ErrorBox, Skeleton, useNow, useTitle } from "../ui/basics";
import { Bars, Columns } from "../ui/charts";
import { faceOf, useViewer, type Face } from "../viewer";

/** The periods of submission to choose from, in months. */
const PERIODS = [12, 6, 3, 1];

/** When the first of so many months began, of which the last is the current one. */
export function monthsAgo(now: number, months: number, timeZone: string): string {
  const day = new Date(dayIn(timeZone, now));
  return new Date(beginningOf(timeZone, Date.UTC(day.getUTCFullYear(), day.getUTCMonth() - months + 1, 1))).toISOString();
}

/** The address of the list of claims that a figure counts. */
function listOf(filter: ClaimFilter, parameters: Record<string, string>): string {
  const all = new URLSearchParams(parameters);
  if (filter.submittedAt?.from && !all.has("submittedFrom")) all.set("submittedFrom", filter.submittedAt.from);
  return `/console/claims?${all}`;
}

const read = (filter: ClaimFilter) => ({
  queryKey: ["statistics", filter],
  queryFn: async ({ signal }: { signal: AbortSignal }) => (await request(StatisticsDocument, { filter }, { signal })).claimStatistics,
});

const useGroups = (filter: ClaimFilter, groupBy: StatisticsGroup) =>
  useQuery({
    queryKey: ["statistics", filter, groupBy],
    queryFn: async ({ signal }) => (await request(StatisticsGroupsDocument, { filter, groupBy }, { signal })).claimStatistics.groups,
  });

export default function Statistics() {
  const { t } = useI18n();
  const { roles, calendar } = useViewer();
  const face = faceOf(roles);
  const [, navigate] = useLocation();
  const now = useNow();
  const wanted = Number(new URLSearchParams(useSearch()).get("months"));
  const months = PERIODS.includes(wanted) ? wanted : 0;
  const filter: ClaimFilter = months ? { submittedAt: { from: monthsAgo(now, months, calendar.timeZone) } } : {};
  useTitle(t("nav.statistics"));
  const all = useQuery(read(filter));
  return (
    <main className="page" id="main" tabIndex={-1}>
      <header className="page-head">
        <h1>{t("nav.statistics")}</h1>
        <label className="inline">
          {t("statistics.period")}{" "}
          <select
            value={months}
            onChange={(event) => {
              const chosen = Number(event.target.value);
              navigate(chosen ? `/console/statistics?months=${chosen}` : "/console/statistics", { replace: true });
            }}
          >
            <option value={0}>{t("statistics.allTime")}</option>
            {PERIODS.map((count) => (
              <option key={count} value={count}>
                {t("statistics.lastMonths", { count })}
              </option>
            ))}
          </select>
        </label>
      </header>
      {all.isPending && <Skeleton lines={8} />}
      {all.isError && <ErrorBox error={all.error} retry={() => void all.refetch()} />}
      {all.data?.total === 0 && <Empty title={t("claims.empty")} hint={t("statistics.emptyHint")} />}
      {all.data && all.data.total > 0 && <Charts filter={filter} face={face} figures={all.data} />}
    </main>
  );
}

interface ChartsProps {
  filter: ClaimFilter;
  face: Face;
  figures: Awaited<ReturnType<ReturnType<typeof read>["queryFn"]>>;
}

function Charts({ filter, face, figures }: ChartsProps) {
  const { t, label, language } = useI18n();
  const percent = new Intl.NumberFormat(language, { style: "percent" });
  const number = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });
  const shown = (value: number | null | undefined, format: Intl.NumberFormat) => (typeof value === "number" ? format.format(value) : "–");
  return (
    <>
      <dl className="tiles">
        <Tile name={t("statistics.total")} value={number.format(figures.total)} href={listOf(filter, {})} />
        {face !== "customer" && (
          <Tile name={t("statistics.overdue")} value={number.format(figures.overdue)} href={listOf(filter, { overdue: "true" })} />
        )}
        <Tile name={t("statistics.rate")} value={shown(figures.approvalRate, percent)} />
        {face !== "customer" && <Tile name={t("statistics.firstPass")} value={shown(figures.firstPassRate, percent)} />}
        <Tile name={t("statistics.median")} value={shown(figures.medianBusinessDaysToDecision, number)} />
        <Tile name={t("statistics.p90")} value={shown(figures.p90BusinessDaysToDecision, number)} />
      </dl>
      <OverTime filter={filter} />
      <section className="card">
        <h2>{t("statistics.byStatus")}</h2>
        <Bars
          // Drafts are the partner's alone (A4), and have no time of submission.
          bars={figures.byStatus
            .filter(({ status }) => status !== "EDITING" || (face === "partner" && !filter.submittedAt))
            .map(({ status, count }) => ({
              name: label("status", status),
              value: count,
              href: listOf(filter, { status }),
            }))}
        />
      </section>
      <div className="charts">
        {face === "vendor" && (
          <>
            <Grouped title={t("statistics.byReviewer")} by="REVIEWER" filter={filter} parameter="reviewer" />
            <Grouped title={t("statistics.byPartner")} by="PARTNER" filter={filter} parameter="partnerId" />
          </>
        )}
        <Grouped title={t("statistics.byProduct")} by="PRODUCT" filter={filter} parameter="productId" />
        <Grouped title={t("statistics.byArea")} by="SOLUTION_AREA" filter={filter} parameter="area" words="area" />
        <ByActivity filter={filter} />
        {face !== "customer" && (
          <Grouped title={t("statistics.byReason")} by="REJECTION_REASON" filter={filter} parameter="reason" words="rejection" isPlain />
        )}
      </div>
      {face !== "customer" && <Distribution filter={filter} />}
    </>
  );
}

function Tile({ name, value, href }: { name: string; value: string; href?: string }) {
  return (
    <div className="card tile">
      <dt>{name}</dt>
      <dd>{href ? <Link href={href}>{value}</Link> : value}</dd>
    </div>
  );
}

/** What a group's figure is followed by: how many were approved, and how soon. */
function useDetail() {
  const { t, language } = useI18n();
  const days = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });
  const percent = new Intl.NumberFormat(language, { style: "percent" });
  return (figures: Pick<Group, "approvalRate" | "medianBusinessDaysToDecision"> | null | undefined) => {
    const { approvalRate: rate, medianBusinessDaysToDecision: median } = figures ?? {};
    return [
      typeof rate === "number" ? t("statistics.approved", { rate: percent.format(rate) }) : "",
      typeof median === "number" ? t("statistics.days", { days: days.format(median) }) : "",
    ]
      .filter(Boolean)
      .join(" · ");
  };
}

const UNITS: Record<Unit, { most: number; title: "statistics.months" | "statistics.weeks"; format: Intl.DateTimeFormatOptions }> = {
  MONTH: { most: 12, title: "statistics.months", format: { month: "short", year: "2-digit" } },
  WEEK: { most: 13, title: "statistics.weeks", format: { day: "numeric", month: "short" } },
};

function OverTime({ filter }: { filter: ClaimFilter }) {
  const { t, language } = useI18n();
  const [unit, setUnit] = useState<Unit>("MONTH");
  const detail = useDetail();
  const { calendar } = useViewer();
  const now = useNow();
  const groups = useGroups(filter, unit);
  const { most, title, format } = UNITS[unit];
  const name = new Intl.DateTimeFormat(language, { ...format, timeZone: calendar.timeZone });
  return (
    <section className="card">
      <header className="page-head">
        <h2>{t(title)}</h2>
        <div className="segments" role="group" aria-label={t("statistics.unit")}>
          {(Object.keys(UNITS) as Unit[]).map((one) => (
            <button key={one} type="button" aria-pressed={unit === one} onClick={() => setUnit(one)}>
              {t(`statistics.${one}`)}
            </button>
          ))}
        </div>
      </header>
      {groups.isPending && <Skeleton lines={6} />}
      {groups.isError && <ErrorBox error={groups.error} retry={() => void groups.refetch()} />}
      {groups.data && (
        <Columns
          label={t(title)}
          legend={[t("statistics.legendBars"), t("statistics.legendLine")]}
          points={periods(groups.data, unit, now, most, calendar.timeZone).map(({ from, before, group }) => ({
            name: name.format(new Date(from)),
            value: group?.total ?? 0,
            share: group?.approvalRate ?? null,
            href: `/console/claims?${new URLSearchParams({ submittedFrom: from, submittedBefore: before })}`,
            detail: detail(group),
          }))}
        />
      )}
    </section>
  );
}

interface GroupedProps {
  title: string;
  by: StatisticsGroup;
  filter: ClaimFilter;
  /** The parameter of the list's address that takes a group's key. */
  parameter: string;
  /** The messages that name the keys, where they are words of the API. */
  words?: string;
  /** Whether the counts say everything, as they do where all claims of a group are rejected. */
  isPlain?: boolean;
}

/** The groups as bars, the longest first. */
function Grouped({ title, by, filter, parameter, words, isPlain }: GroupedProps) {
  const { label } = useI18n();
  const detail = useDetail();
  const groups = useGroups(filter, by);
  return (
    <section className="card">
      <h2>{title}</h2>
      {groups.isPending && <Skeleton />}
      {groups.isError && <ErrorBox error={groups.error} retry={() => void groups.refetch()} />}
      {groups.data && (
        <Bars
          bars={groups.data
            .toSorted((a, b) => b.total - a.total)
            .map((group) => ({
              name: words ? label(words, group.key) : group.label,
              value: group.total,
              href: listOf(filter, { [parameter]: group.key }),
              detail: isPlain ? "" : detail(group),
            }))}
        />
      )}
    </section>
  );
}

const ACTIVITIES = ["PRESALES", "USAGE", "REVENUE_ASSOCIATION"] as const;

/** A claim has several activities, so that they are no groups of the API. */
function ByActivity({ filter }: { filter: ClaimFilter }) {
  const { t, label } = useI18n();
  const detail = useDetail();
  const found = useQueries({ queries: ACTIVITIES.map((activity) => read({ ...filter, activity })) });
  return (
    <section className="card">
      <h2>{t("statistics.byActivity")}</h2>
      <Bars
        bars={ACTIVITIES.map((activity, index) => ({
          name: label("activity", activity),
          value: found[index]?.data?.total ?? 0,
          href: listOf(filter, { activity }),
          detail: detail(found[index]?.data),
        }))}
      />
    </section>
  );
}

/** How many claims the distribution is made from at most. */
const LATEST = 500;

/** The claims that were submitted last, up to [`LATEST`]. */
async function readLatest({ submittedAt }: ClaimFilter, signal: AbortSignal): Promise<LatestClaim[]> {
  const page = (after: string | null) => request(LatestClaimsDocument, { after, submittedAt: submittedAt ?? null }, { signal });
  const all: LatestClaim[] = [];
  let after: string | null = null;
  do {
    const { claims }: Awaited<ReturnType<typeof page>> = await page(after);
    all.push(...claims.nodes);
    after = claims.pageInfo.hasNextPage ? (claims.pageInfo.endCursor ?? null) : null;
  } while (after && all.length < LATEST);
  return all;
}

function Distribution({ filter }: { filter: ClaimFilter }) {
  const { t, language } = useI18n();
  const { calendar } = useViewer();
  const latest = useQuery({
    queryKey: ["statistics", "latest", filter],
    queryFn: ({ signal }) => readLatest(filter, signal),
    staleTime: 60_000,
  });
  const number = new Intl.NumberFormat(language);
  return (
    <section className="card">
      <h2>{t("statistics.distribution")}</h2>
      {latest.isPending && <Skeleton lines={6} />}
      {latest.isError && <ErrorBox error={latest.error} retry={() => void latest.refetch()} />}
      {latest.data && (
        <>
          <p className="quiet">{t("statistics.latest", { count: latest.data.length })}</p>
          <Columns
            label={t("statistics.distribution")}
            points={daysToDecision(latest.data, calendar).map((count, index) => ({
              name: index === DAYS ? `${number.format(DAYS)}+` : number.format(index),
              value: count,
              share: null,
            }))}
          />
        </>
      )}
    </section>
  );
}
