/** The arbitrations that the viewer sees, the open ones first. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import { request } from "../api/client";
import { ArbitrationsDocument, type ArbitrationStatus } from "../api/generated";
import { useI18n } from "../i18n";
import { Empty, ErrorBox, Skeleton, Time, useTitle } from "../ui/basics";

const ORDER: ArbitrationStatus[] = ["OPEN", "AWARDED", "SETTLED"];

export default function Arbitrations() {
  const { t, label } = useI18n();
  useTitle(t("nav.arbitrations"));
  const found = useQuery({
    queryKey: ["arbitrations"],
    queryFn: ({ signal }) => request(ArbitrationsDocument, {}, { signal }),
  });
  const nodes = (found.data?.arbitrations.nodes ?? []).toSorted((a, b) => ORDER.indexOf(a.status) - ORDER.indexOf(b.status));
  return (
    <main className="page" id="main" tabIndex={-1}>
      <h1>{t("nav.arbitrations")}</h1>
      {found.isPending && <Skeleton />}
      {found.isError && <ErrorBox error={found.error} retry={() => void found.refetch()} />}
      {found.data && nodes.length === 0 && <Empty title={t("arbitrations.empty")} hint={t("arbitrations.emptyHint")} />}
      <ul className="consents">
        {nodes.map((arbitration) => (
          <li key={arbitration.id} className="card">
            <h2>
              <Link href={`/console/arbitrations/${arbitration.id}`}>
                {arbitration.customer.name}: {arbitration.product.name}
              </Link>
            </h2>
            <p>
              <span className="badge">{label("arbitration", arbitration.status)}</span> {t("arbitrations.opened")}{" "}
              <Time at={arbitration.openedAt} />
            </p>
            <p className="quiet">{arbitration.claims.map((claim) => `${claim.partner.name} (${claim.number})`).join(" · ")}</p>
          </li>
        ))}
      </ul>
    </main>
  );
}
