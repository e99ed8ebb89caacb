/** Statistics as charts: by status, month, activity, partner, product and reason. Each figure links to the list of its claims. */
import { useQueries, useQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import { request } from "../api/client";
import { LatestClaimsDocument, PartnersDocument, StatisticsDocument, type ClaimFilter, type StatisticsQuery } from "../api/generated";
import { useI18n } from "../i18n";
import { byProduct, byReason, DAYS, daysToDecision, type LatestClaim } from "../latest";
import { Empty, ErrorBox, Skeleton, useNow, useTitle } from "../ui/basics";
import { Bars, Columns } from "../ui/charts";
import { faceOf, useViewer } from "../viewer";

type Figures = StatisticsQuery["claimStatistics"];

const MONTHS = 6;

/** The months up to the server's now, oldest first, as half-open ranges in UTC. */
export function months(now: number, count: number): { from: string; before: string }[] {
  const end = new Date(now);
  return Array.from({ length: count }, (_, index) => {
    const at = (offset: number) => new Date(Date.UTC(end.getUTCFullYear(), end.getUTCMonth() - offset, 1)).toISOString();
    return { from: at(count - 1 - index), before: at(count - 2 - index) };
  });
}

const read = (filter: ClaimFilter) => ({
  queryKey: ["statistics", filter],
  queryFn: async ({ signal }: { signal: AbortSignal }) => (await request(StatisticsDocument, { filter }, { signal })).claimStatistics,
});

export default function Statistics() {
  const { t, label, language } = useI18n();
  const face = faceOf(useViewer().roles);
  useTitle(t("nav.statistics"));
  const all = useQuery(read({}));
  const percent = new Intl.NumberFormat(language, { style: "percent" });
  const days = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });
  if (all.isPending) return <Skeleton lines={8} />;
  if (all.isError) return <ErrorBox error={all.error} retry={() => void all.refetch()} />;
  const { total, overdue, approvalRate, medianBusinessDaysToDecision, byStatus } = all.data;
  return (
    <main className="page" id="main" tabIndex={-1}>
      <h1>{t("nav.statistics")}</h1>
      {total === 0 ? (
        <Empty title={t("claims.empty")} />
      ) : (
        <>
          <dl className="tiles">
            <Tile name={t("statistics.total")} value={String(total)} href="/console/claims" />
            <Tile name={t("statistics.overdue")} value={String(overdue)} href="/console/claims?overdue=true" />
            <Tile name={t("statistics.rate")} value={approvalRate === null || approvalRate === undefined ? "–" : percent.format(approvalRate)} />
            <Tile
              name={t("statistics.median")}
              value={
                medianBusinessDaysToDecision === null || medianBusinessDaysToDecision === undefined
                  ? "–"
                  : days.format(medianBusinessDaysToDecision)
              }
            />
          </dl>
          <section className="card">
            <h2>{t("statistics.byStatus")}</h2>
            <Bars
              // Drafts are the partner's alone (A4).
              bars={byStatus
                .filter(({ status }) => status !== "EDITING" || face === "partner")
                .map(({ status, count }) => ({
                  name: label("status", status),
                  value: count,
                  href: `/console/claims?status=${status}`,
                }))}
            />
          </section>
          <ByMonth />
          <ByActivity />
          {face === "vendor" && <ByPartner />}
          <Latest />
        </>
      )}
    </main>
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

function useDetail() {
  const { t, language } = useI18n();
  const days = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });
  const percent = new Intl.NumberFormat(language, { style: "percent" });
  return (figures: Figures | undefined) => {
    if (!figures) return "";
    const { approvalRate, medianBusinessDaysToDecision: median } = figures;
    return [
      typeof approvalRate === "number" ? t("statistics.approved", { rate: percent.format(approvalRate) }) : "",
      typeof median === "number" ? t("statistics.days", { days: days.format(median) }) : "",
    ]
      .filter(Boolean)
      .join(" · ");
  };
}

function ByMonth() {
  const { t, language } = useI18n();
  const detail = useDetail();
  const now = useNow();
  const ranges = months(now, MONTHS);
  const found = useQueries({ queries: ranges.map((submittedAt) => read({ submittedAt })) });
  const format = new Intl.DateTimeFormat(language, { month: "short", year: "2-digit", timeZone: "UTC" });
  return (
    <section className="card">
      <h2>{t("statistics.months")}</h2>
      <Columns
        label={t("statistics.months")}
        legend={[t("statistics.legendBars"), t("statistics.legendLine")]}
        points={ranges.map(({ from, before }, index) => ({
          name: format.format(new Date(from)),
          value: found[index]?.data?.total ?? 0,
          share: found[index]?.data?.approvalRate ?? null,
          href: `/console/claims?submittedFrom=${from}&submittedBefore=${before}`,
          detail: detail(found[index]?.data),
        }))}
      />
    </section>
  );
}

const ACTIVITIES = ["PRESALES", "USAGE", "REVENUE_ASSOCIATION"] as const;

function ByActivity() {
  const { t, label } = useI18n();
  const detail = useDetail();
  const found = useQueries({ queries: ACTIVITIES.map((activity) => read({ activity })) });
  return (
    <section className="card">
      <h2>{t("statistics.byActivity")}</h2>
      <Bars
        bars={ACTIVITIES.map((activity, index) => ({
          name: label("activity", activity),
          value: found[index]?.data?.total ?? 0,
          href: `/console/claims?activity=${activity}`,
          detail: detail(found[index]?.data),
        }))}
      />
    </section>
  );
}

function ByPartner() {
  const { t } = useI18n();
  const detail = useDetail();
  const partners = useQuery({
    queryKey: ["statistics", "partners"],
    queryFn: ({ signal }) => request(PartnersDocument, {}, { signal }),
  });
  const nodes = partners.data?.partners.nodes ?? [];
  const found = useQueries({ queries: nodes.map(({ id }) => read({ partnerId: id })) });
  if (partners.isError) return <ErrorBox error={partners.error} />;
  return (
    <section className="card">
      <h2>{t("statistics.byPartner")}</h2>
      <Bars
        bars={nodes.map(({ id, name }, index) => ({
          name,
          value: found[index]?.data?.total ?? 0,
          href: `/console/claims?partnerId=${encodeURIComponent(id)}`,
          detail: detail(found[index]?.data),
        }))}
      />
    </section>
  );
}

/** How many claims the figures below are made from, which `claimStatistics` does not have. */
const LATEST = 500;
/** How many products are shown. */
const PRODUCTS = 8;

/** The claims that were submitted last, up to [`LATEST`]. */
async function readLatest(signal: AbortSignal): Promise<LatestClaim[]> {
  const all: LatestClaim[] = [];
  let after: string | null = null;
  do {
    const { claims }: Awaited<ReturnType<typeof page>> = await page(after, signal);
    all.push(...claims.nodes);
    after = claims.pageInfo.hasNextPage ? (claims.pageInfo.endCursor ?? null) : null;
  } while (after && all.length < LATEST);
  return all;
}

const page = (after: string | null, signal: AbortSignal) => request(LatestClaimsDocument, { after }, { signal });

function Latest() {
  const { t, label, language } = useI18n();
  const latest = useQuery({ queryKey: ["statistics", "latest"], queryFn: ({ signal }) => readLatest(signal), staleTime: 60_000 });
  if (latest.isPending) return <Skeleton lines={6} />;
  if (latest.isError) return <ErrorBox error={latest.error} retry={() => void latest.refetch()} />;
  const claims = latest.data;
  const days = daysToDecision(claims);
  const number = new Intl.NumberFormat(language);
  const note = <p className="quiet">{t("statistics.latest", { count: claims.length })}</p>;
  return (
    <>
      <section className="card">
        <h2>{t("statistics.distribution")}</h2>
        {note}
        <Columns
          label={t("statistics.distribution")}
          points={days.map((count, index) => ({
            name: index === DAYS ? `${number.format(DAYS)}+` : number.format(index),
            value: count,
            share: null,
          }))}
        />
      </section>
      <section className="card">
        <h2>{t("statistics.byProduct")}</h2>
        {note}
        <Bars
          bars={byProduct(claims)
            .slice(0, PRODUCTS)
            .map(({ id, name, count }) => ({ name, value: count, href: `/console/claims?productId=${encodeURIComponent(id)}` }))}
        />
      </section>
      <section className="card">
        <h2>{t("statistics.byReason")}</h2>
        {note}
        <Bars
          bars={byReason(claims).map(({ reason, count }) => ({
            name: label("rejection", reason),
            value: count,
            href: "/console/claims?status=REJECTED",
          }))}
        />
      </section>
    </>
  );
}
