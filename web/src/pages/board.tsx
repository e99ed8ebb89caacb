/** The partner's board: a column for each status, with the clock that runs and who acts next. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import { request } from "../api/client";
import { ClaimsDocument, type ClaimRowFragment, type ClaimStatus } from "../api/generated";
import { useI18n, type MessageKey } from "../i18n";
import { DeadlineRing, Empty, ErrorBox, Icon, Skeleton, Status, STATUSES, useTitle } from "../ui/basics";

const PAGE = 20;

/** Who acts next on a claim of this status, as the lifecycle has it. */
const NEXT: Record<ClaimStatus, MessageKey | null> = {
  EDITING: "next.you",
  SUBMITTED: "next.vendor",
  UNDER_REVIEW: "next.vendor",
  PARTNER_ACTION_REQUIRED: "next.you",
  APPROVED: null,
  REJECTED: null,
};

export function Board() {
  const { t } = useI18n();
  useTitle(t("nav.board"));
  return (
    <main className="page wide" id="main" tabIndex={-1}>
      <header className="page-head">
        <h1>{t("nav.board")}</h1>
        <Link href="/console/new" className="button primary">
          <Icon name="plus" /> {t("nav.new")}
        </Link>
      </header>
      <div className="board" role="group" aria-label={t("nav.board")} tabIndex={0}>
        {STATUSES.map((status) => (
          <Column key={status} status={status} />
        ))}
      </div>
    </main>
  );
}

function Column({ status }: { status: ClaimStatus }) {
  const { t, label } = useI18n();
  const claims = useQuery({
    queryKey: ["claims", "board", status],
    queryFn: ({ signal }) =>
      request(
        ClaimsDocument,
        {
          first: PAGE,
          filter: { status: [status] },
          orderBy: status === "EDITING" ? { field: "UPDATED_AT", direction: "DESC" } : { field: "DUE_AT", direction: "ASC" },
        },
        { signal },
      ),
  });
  const total = claims.data?.claims.totalCount;
  return (
    <section className="column" aria-label={label("status", status)}>
      <h2>
        <Status status={status} /> <span className="count">{total ?? ""}</span>
      </h2>
      {claims.isPending && <Skeleton />}
      {claims.isError && <ErrorBox error={claims.error} retry={() => void claims.refetch()} />}
      {claims.data && claims.data.claims.nodes.length === 0 && (
        <Empty title={t("board.empty")}>
          {status === "EDITING" && <Link href="/console/new">{t("nav.new")}</Link>}
        </Empty>
      )}
      <ul>
        {claims.data?.claims.nodes.map((claim) => (
          <li key={claim.id}>
            <Card claim={claim} />
          </li>
        ))}
      </ul>
      {total !== undefined && total > PAGE && (
        <Link href={`/console/claims?status=${status}`}>{t("board.more", { count: total - PAGE })}</Link>
      )}
    </section>
  );
}

function Card({ claim }: { claim: ClaimRowFragment }) {
  const { t } = useI18n();
  const next = NEXT[claim.status];
  const href = claim.status === "EDITING" ? `/console/new/${claim.id}` : `/console/claims/${claim.id}`;
  return (
    <article className="card claim-card">
      <h3>
        <Link href={href}>{claim.name}</Link>
      </h3>
      <p className="number">{claim.number}</p>
      <p>{claim.customer.name}</p>
      <p className="quiet">{claim.lines.map((line) => line.product.name).join(", ")}</p>
      <DeadlineRing deadline={claim.deadline} />
      {next && <p className="next">{t(next)}</p>}
    </article>
  );
}
