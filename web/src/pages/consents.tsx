/** The customer's one list: who claims what on them, since when, and until when they may decline. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { request } from "../api/client";
import { CustomerClaimsDocument, type ConsentStatus } from "../api/generated";
import { useI18n } from "../i18n";
import { Actions } from "../ui/actions";
import { Copy, DeadlineRing, Empty, ErrorBox, Skeleton, Status, Time, useTitle } from "../ui/basics";
import { useDeadline, useViewer } from "../viewer";

export default function Consents() {
  const { t, label } = useI18n();
  const deadline = useDeadline();
  const viewer = useViewer();
  useTitle(t("nav.consents"));
  const claims = useInfiniteQuery({
    queryKey: ["consents"],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) => request(CustomerClaimsDocument, { after: pageParam }, { signal }),
    getNextPageParam: ({ claims }) => (claims.pageInfo.hasNextPage ? claims.pageInfo.endCursor : undefined),
  });
  const nodes = claims.data?.pages.flatMap((page) => page.claims.nodes) ?? [];
  const text = (status: ConsentStatus) => label("consent", status);
  return (
    <main className="page" id="main" tabIndex={-1}>
      <h1>{t("consents.title", { customer: viewer.customer?.name ?? "" })}</h1>
      <p className="lead">{t("consents.text")}</p>
      {claims.isPending && <Skeleton />}
      {claims.isError && <ErrorBox error={claims.error} retry={() => void claims.refetch()} />}
      {claims.data && nodes.length === 0 && <Empty title={t("consents.empty")} hint={t("consents.emptyHint")} />}
      <ul className="consents">
        {nodes.map((claim) => (
          <li key={claim.id} className="card">
            <h2>{claim.partner.name}</h2>
            <p>
              {claim.name} <Copy text={claim.number} />
            </p>
            <p>{claim.lines.map((line) => line.product.name).join(", ")}</p>
            <p className="quiet">{claim.activities.map((activity) => label("activity", activity)).join(", ")}</p>
            <p>
              <Status status={claim.status} /> {claim.consent && <strong>{text(claim.consent.status)}</strong>}
            </p>
            {claim.consent && (
              <p>
                {t("consents.since")} <Time at={claim.consent.requestedAt} />
                {claim.consent.status === "PENDING" && (
                  <>
                    {" · "}
                    {t("consents.until", { time: deadline(claim.consent.declineUntil) })}
                  </>
                )}
              </p>
            )}
            <DeadlineRing deadline={claim.deadline} />
            <Actions claim={claim} />
          </li>
        ))}
      </ul>
      {claims.hasNextPage && (
        <button type="button" onClick={() => void claims.fetchNextPage()}>
          {t("more")}
        </button>
      )}
    </main>
  );
}
