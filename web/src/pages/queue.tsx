/** The reviewer's queue by due time, moved through with `j` and `k`. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { Link, useLocation, useSearch } from "wouter";
import { newKey, request } from "../api/client";
import {
  AssignReviewerDocument,
  ClaimsDocument,
  type ClaimFilter,
  type ClaimRowFragment,
  type ProblemFieldsFragment,
} from "../api/generated";
import { useI18n } from "../i18n";
import { useRefresh } from "../ui/actions";
import { Copy, DeadlineRing, Dialog, Empty, ErrorBox, Icon, Problems, Skeleton, Status, Time, useKeys, useTitle } from "../ui/basics";
import { ReviewerField } from "../ui/reviewers";
import { useViewer } from "../viewer";

type Scope = "mine" | "unassigned" | "all";
const SCOPES: Scope[] = ["mine", "unassigned", "all"];

export default function Queue() {
  const { t } = useI18n();
  const viewer = useViewer();
  const search = useSearch();
  const [, navigate] = useLocation();
  const refresh = useRefresh();
  const wanted = new URLSearchParams(search).get("scope") as Scope;
  const scope: Scope = SCOPES.includes(wanted) ? wanted : "all";
  const isLead = viewer.roles.includes("REVIEW_LEAD");
  useTitle(t("nav.queue"));
  const [at, setAt] = useState<string | null>(null);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [assigning, setAssigning] = useState(false);
  const [problems, setProblems] = useState<readonly ProblemFieldsFragment[]>([]);
  const [error, setError] = useState<unknown>(null);

  const filter: ClaimFilter = {
    status: ["SUBMITTED", "UNDER_REVIEW"],
    ...(scope === "mine" ? { assignedToMe: true } : {}),
    ...(scope === "unassigned" ? { unassigned: true } : {}),
  };
  const queue = useInfiniteQuery({
    queryKey: ["claims", "queue", scope],
    initialPageParam: null as string | null,
    // The oldest deadline first, so what is overdue comes first.
    queryFn: ({ pageParam, signal }) =>
      request(ClaimsDocument, { first: 50, after: pageParam, filter, orderBy: { field: "DUE_AT", direction: "ASC" } }, { signal }),
    getNextPageParam: ({ claims }) => (claims.pageInfo.hasNextPage ? claims.pageInfo.endCursor : undefined),
  });
  const claims = queue.data?.pages.flatMap((page) => page.claims.nodes) ?? [];
  const index = Math.max(0, claims.findIndex((claim) => claim.id === at));
  const current = claims[index];

  const assign = async (targets: ClaimRowFragment[], reviewerSubject: string | null) => {
    setError(null);
    const refused: ProblemFieldsFragment[] = [];
    try {
      for (const claim of targets) {
        const input = { claimId: claim.id, expectedVersion: claim.version, reviewerSubject, idempotencyKey: newKey() };
        const { assignReviewer } = await request(AssignReviewerDocument, { input });
        if (!assignReviewer.claim) refused.push(...assignReviewer.problems);
      }
    } catch (caught) {
      setError(caught);
    }
    setProblems(refused);
    setChosen(new Set());
    await refresh();
  };
  const toggle = (id: string) =>
    setChosen((all) => {
      const next = new Set(all);
      if (!next.delete(id)) next.add(id);
      return next;
    });
  const move = (by: number) => setAt(claims[Math.min(Math.max(0, index + by), claims.length - 1)]?.id ?? null);
  const first = at === null;
  useKeys({
    j: () => move(first ? 0 : 1),
    k: () => move(first ? 0 : -1),
    Enter: (event) => {
      if ((event.target as HTMLElement).closest("a, button")) return;
      if (current) navigate(`/console/claims/${current.id}`);
    },
    a: () => current?.availableActions.includes("ASSIGN") && void assign([current], viewer.subject),
    x: () => isLead && current && toggle(current.id),
  });
  return (
    <main className="page wide" id="main" tabIndex={-1}>
      <header className="page-head">
        <h1>
          {t("nav.queue")}{" "}
          <span className="count" role="status">
            {queue.data ? t("claims.count", { count: queue.data.pages[0]?.claims.totalCount ?? 0 }) : ""}
          </span>
        </h1>
        <div className="segments" role="group" aria-label={t("queue.scope")}>
          {SCOPES.map((one) => (
            <button
              key={one}
              type="button"
              aria-pressed={scope === one}
              onClick={() => navigate(`/console/queue?scope=${one}`, { replace: true })}
            >
              {t(`queue.${one}`)}
            </button>
          ))}
        </div>
      </header>
      <p className="quiet keys-hint">
        <kbd>j</kbd> <kbd>k</kbd> {t("queue.keysMove")} <kbd>a</kbd> {t("keys.assign")} <kbd>Enter</kbd> {t("keys.open")}
      </p>
      {isLead && (
        <p className="buttons">
          <button type="button" disabled={chosen.size === 0} onClick={() => setAssigning(true)}>
            {t("queue.bulk", { count: chosen.size })}
          </button>
        </p>
      )}
      <Problems problems={problems} />
      {error !== null && <ErrorBox error={error} />}
      {queue.isPending && <Skeleton lines={8} />}
      {queue.isError && <ErrorBox error={queue.error} retry={() => void queue.refetch()} />}
      {queue.data && claims.length === 0 && <Empty title={t("queue.empty")} hint={t("queue.emptyHint")} />}
      <ul className="queue">
        {claims.map((claim) => (
          <Row
            key={claim.id}
            claim={claim}
            isCurrent={claim === current}
            follows={claim.id === at}
            check={isLead ? { checked: chosen.has(claim.id), onChange: () => toggle(claim.id) } : undefined}
            onAssign={() => void assign([claim], viewer.subject)}
            onFocus={() => setAt(claim.id)}
          />
        ))}
      </ul>
      {queue.hasNextPage && (
        <button type="button" onClick={() => void queue.fetchNextPage()}>
          {t("more")}
        </button>
      )}
      {assigning && (
        <BulkAssign
          claims={claims.filter((claim) => chosen.has(claim.id))}
          onClose={() => setAssigning(false)}
          onAssign={assign}
        />
      )}
    </main>
  );
}

interface RowProps {
  claim: ClaimRowFragment;
  isCurrent: boolean;
  follows: boolean;
  check: { checked: boolean; onChange: () => void } | undefined;
  onAssign: () => void;
  onFocus: () => void;
}

function Row({ claim, isCurrent, follows, check, onAssign, onFocus }: RowProps) {
  const { t } = useI18n();
  const link = useRef<HTMLAnchorElement>(null);
  useEffect(() => {
    if (follows && !link.current?.closest("li")?.contains(document.activeElement)) link.current?.focus();
  }, [follows]);
  return (
    <li className={isCurrent ? "queue-row current" : "queue-row"} onFocus={onFocus}>
      {check && (
        <input type="checkbox" aria-label={t("queue.choose", { name: claim.name })} checked={check.checked} onChange={check.onChange} />
      )}
      <div className="queue-main">
        <Link ref={link} href={`/console/claims/${claim.id}`}>
          {claim.name}
        </Link>
        <span>
          <Copy text={claim.number} />{" "}
          <span className="quiet">
            {claim.partner.name} → {claim.customer.name}
          </span>
        </span>
        <span className="quiet clip">{claim.lines.map((line) => line.product.name).join(", ")}</span>
      </div>
      <Status status={claim.status} />
      <DeadlineRing deadline={claim.deadline} />
      <span className="quiet">
        <Icon name="person" /> {claim.reviewer ? (claim.reviewer.name ?? claim.reviewer.subject) : t("queue.nobody")}
      </span>
      {claim.submittedAt && (
        <span className="quiet">
          <Time at={claim.submittedAt} />
        </span>
      )}
      {claim.availableActions.includes("ASSIGN") && !claim.reviewer && (
        <button type="button" onClick={onAssign}>
          {t("queue.assignMe")}
          <span className="visually-hidden"> {claim.name}</span>
        </button>
      )}
    </li>
  );
}

interface BulkProps {
  claims: ClaimRowFragment[];
  onClose: () => void;
  onAssign: (claims: ClaimRowFragment[], subject: string | null) => Promise<void>;
}

function BulkAssign({ claims, onClose, onAssign }: BulkProps) {
  const { t } = useI18n();
  const [subject, setSubject] = useState(useViewer().subject);
  return (
    <Dialog title={t("queue.bulk", { count: claims.length })} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          onClose();
          void onAssign(claims, subject.trim() || null);
        }}
      >
        <ul>
          {claims.map((claim) => (
            <li key={claim.id}>
              {claim.number} {claim.name}
            </li>
          ))}
        </ul>
        <ReviewerField label={t("text.reviewer")} value={subject} onChange={setSubject} nobody={t("text.nobody")} />
        <p className="buttons">
          <button type="submit" className="primary">
            {t("queue.bulk", { count: claims.length })}
          </button>
          <button type="button" onClick={onClose}>
            {t("cancel")}
          </button>
        </p>
      </form>
    </Dialog>
  );
}
