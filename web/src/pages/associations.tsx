/** What the partner is the partner of record for: customer by product, with the ended ones below. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import { request } from "../api/client";
import { AssociationsDocument } from "../api/generated";
import { useI18n } from "../i18n";
import { Empty, ErrorBox, Skeleton, Time, useTitle } from "../ui/basics";

export default function Associations() {
  const { t } = useI18n();
  useTitle(t("nav.associations"));
  return (
    <main className="page" id="main" tabIndex={-1}>
      <h1>{t("nav.associations")}</h1>
      <List live />
      <h2>{t("associations.ended")}</h2>
      <List live={false} />
    </main>
  );
}

function List({ live }: { live: boolean }) {
  const { t } = useI18n();
  const found = useInfiniteQuery({
    queryKey: ["associations", live],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) => request(AssociationsDocument, { live, after: pageParam }, { signal }),
    getNextPageParam: ({ associations }) =>
      associations.pageInfo.hasNextPage ? associations.pageInfo.endCursor : undefined,
  });
  if (found.isPending) return <Skeleton />;
  if (found.isError) return <ErrorBox error={found.error} retry={() => void found.refetch()} />;
  const nodes = found.data.pages.flatMap(({ associations }) => associations.nodes);
  if (nodes.length === 0) {
    return live ? (
      <Empty title={t("associations.empty")} hint={t("associations.emptyHint")} />
    ) : (
      <Empty title={t("associations.noneEnded")} />
    );
  }
  return (
    <>
      <div className="scroll-x" tabIndex={0} role="group" aria-label={t(live ? "nav.associations" : "associations.ended")}>
        <table>
          <thead>
            <tr>
              <th>{t("column.customer")}</th>
              <th>{t("column.product")}</th>
              <th>{t("column.state")}</th>
              <th>{t("column.since")}</th>
              <th>{t("column.claim")}</th>
            </tr>
          </thead>
          <tbody>
            {nodes.map((association) => (
              <tr key={association.id}>
                <td>{association.customer.name}</td>
                <td>{association.product.name}</td>
                <td>
                  {association.endedAt ? (
                    <>
                      {t("associations.endedAt")} <Time at={association.endedAt} />
                    </>
                  ) : association.official ? (
                    t("associations.official")
                  ) : (
                    <>
                      {t("associations.consent")}{" "}
                      {association.claim.consent && <Time at={association.claim.consent.declineUntil} />}
                    </>
                  )}
                </td>
                <td>
                  <Time at={association.startedAt} />
                </td>
                <td>
                  <Link href={`/console/claims/${association.claim.id}`}>{association.claim.number}</Link>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {found.hasNextPage && (
        <button type="button" onClick={() => void found.fetchNextPage()}>
          {t("more")}
        </button>
      )}
    </>
  );
}
