/** An arbitration: the claims as columns with the same rows, differences marked, and the award. */
import { useQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { Link } from "wouter";
import { newKey, request } from "../api/client";
import {
  ArbitrationByIdDocument,
  AwardArbitrationDocument,
  type ArbitrationByIdQuery,
  type ProblemFieldsFragment,
} from "../api/generated";
import { useI18n } from "../i18n";
import { exact } from "../time";
import { useRefresh } from "../ui/actions";
import { Copy, Dialog, Empty, ErrorBox, Field, Problems, Skeleton, Status, Time, useTitle } from "../ui/basics";
import { Preview } from "../ui/proof";
import { Entry } from "../ui/timeline";

type Arbitration = Extract<NonNullable<ArbitrationByIdQuery["node"]>, { claims: unknown }>;
type Side = Arbitration["claims"][number];

export default function ArbitrationPage({ id }: { id: string }) {
  const { t } = useI18n();
  const found = useQuery({
    queryKey: ["arbitration", id],
    queryFn: ({ signal }) => request(ArbitrationByIdDocument, { id }, { signal }),
  });
  useTitle(t("nav.arbitrations"));
  const node = found.data?.node;
  return (
    <main className="page wide" id="main" tabIndex={-1}>
      {found.isPending && <Skeleton lines={8} />}
      {found.isError && <ErrorBox error={found.error} retry={() => void found.refetch()} />}
      {found.data && (!node || !("claims" in node)) && (
        <>
          <h1>{t("nav.arbitrations")}</h1>
          <Empty title={t("claim.missing")} hint={t("claim.missingHint")} />
        </>
      )}
      {node && "claims" in node && <Loaded arbitration={node} />}
    </main>
  );
}

function Loaded({ arbitration }: { arbitration: Arbitration }) {
  const { t, label, language } = useI18n();
  const [awarding, setAwarding] = useState<Side | null>(null);
  // One document of each side, so that both proofs are read next to each other.
  const [shown, setShown] = useState<Readonly<Record<string, string | null>>>({});
  const sides = arbitration.claims;
  const text = (at: string | null | undefined) => (at ? exact(at, language) : "");
  /** Each row: its name, what decides whether the sides differ, and what is shown. */
  const rows: [string, (side: Side) => string, ((side: Side) => ReactNode)?][] = [
    [t("column.status"), (side) => side.status, (side) => <Status status={side.status} />],
    [t("fact.submitted"), (side) => text(side.submittedAt)],
    [t("fact.decided"), (side) => text(side.decidedAt)],
    [t("fact.location"), (side) => `${side.location.name} (${side.location.mpnId})`],
    [t("fact.activities"), (side) => side.activities.map((activity) => label("activity", activity)).join(", ")],
    [t("fact.products"), (side) => side.lines.map((line) => line.product.name).toSorted().join(", ")],
    [t("fact.outcome"), (side) => side.lines.map((line) => label("outcome", line.outcome)).join(", ")],
    [
      t("fact.association"),
      (side) =>
        side.lines
          .map(({ association }) =>
            association ? (association.endedAt ? t("associations.endedAt") : t(association.official ? "associations.official" : "fact.inConsent")) : "",
          )
          .join(", "),
    ],
    [t("fact.customerContact"), (side) => side.customerContact?.name ?? ""],
    [
      t("proof.title"),
      (side) => side.proofOfExecution.map((document) => document.name).join(", "),
      (side) =>
        side.proofOfExecution.map((document) => (
          <div key={document.id}>
            <button
              type="button"
              className="plain"
              aria-expanded={shown[side.id] === document.id}
              onClick={() => setShown((all) => ({ ...all, [side.id]: all[side.id] === document.id ? null : document.id }))}
            >
              {document.name}
            </button>{" "}
            <Time at={document.uploadedAt} />
            {shown[side.id] === document.id && <Preview document={document} />}
          </div>
        )),
    ],
  ];
  const shares = { "--sides": sides.length } as Record<string, number>;
  return (
    <>
      <header className="page-head">
        <h1>
          {arbitration.customer.name}: {arbitration.product.name}
        </h1>
        <p>
          <span className="badge">{label("arbitration", arbitration.status)}</span> {t("arbitrations.opened")}{" "}
          <Time at={arbitration.openedAt} />
        </p>
      </header>
      {arbitration.rationale && <p className="notice body">{arbitration.rationale}</p>}
      <div className="scroll-x" tabIndex={0} role="group" aria-label={t("arbitrations.sides")}>
        <table className="sides" style={shares}>
          <thead>
            <tr>
              <td />
              {sides.map((side) => (
                <th key={side.id} scope="col">
                  {side.partner.name}
                  {arbitration.winner?.id === side.id && <span className="badge">{label("outcome", "WON")}</span>}
                  <br />
                  <Link href={`/console/claims/${side.id}`}>{side.name}</Link> <Copy text={side.number} />
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(([name, value, show]) => {
              const differs = new Set(sides.map(value)).size > 1;
              return (
                <tr key={name} className={differs ? "differs" : ""}>
                  <th scope="row">
                    {name}
                    {differs && <span className="badge">{t("arbitrations.differs")}</span>}
                  </th>
                  {sides.map((side) => (
                    <td key={side.id}>{show ? show(side) : value(side) || "–"}</td>
                  ))}
                </tr>
              );
            })}
            <tr>
              <th scope="row">{t("timeline.title")}</th>
              {sides.map((side) => (
                <td key={side.id}>
                  <ol className="timeline-list">
                    {side.history.nodes.map((entry) => (
                      <Entry key={entry.id} entry={entry} />
                    ))}
                  </ol>
                </td>
              ))}
            </tr>
            {sides.some(({ availableActions }) => availableActions.includes("AWARD_ARBITRATION")) && (
              <tr>
                <td />
                {sides.map((side) => (
                  <td key={side.id}>
                    <button type="button" className="primary" onClick={() => setAwarding(side)}>
                      {t("arbitrations.award", { partner: side.partner.name })}
                    </button>
                  </td>
                ))}
              </tr>
            )}
          </tbody>
        </table>
      </div>
      {awarding && <Award arbitration={arbitration} side={awarding} onClose={() => setAwarding(null)} />}
    </>
  );
}

function Award({ arbitration, side, onClose }: { arbitration: Arbitration; side: Side; onClose: () => void }) {
  const { t } = useI18n();
  const refresh = useRefresh();
  const [rationale, setRationale] = useState("");
  const [busy, setBusy] = useState(false);
  const [problems, setProblems] = useState<readonly ProblemFieldsFragment[]>([]);
  const [error, setError] = useState<unknown>(null);
  const award = async () => {
    setBusy(true);
    setError(null);
    try {
      const input = { arbitrationId: arbitration.id, winnerClaimId: side.id, rationale, idempotencyKey: newKey() };
      const { awardArbitration } = await request(AwardArbitrationDocument, { input });
      setProblems(awardArbitration.problems);
      if (!awardArbitration.arbitration) return;
      onClose();
      await refresh();
    } catch (caught) {
      setError(caught);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog title={t("arbitrations.award", { partner: side.partner.name })} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void award();
        }}
      >
        <p>{t("arbitrations.awardText")}</p>
        <Field label={t("text.rationale")}>
          {(attributes) => (
            <textarea {...attributes} rows={5} required value={rationale} onChange={(event) => setRationale(event.target.value)} />
          )}
        </Field>
        <Problems problems={problems} />
        {error !== null && <ErrorBox error={error} />}
        <p className="buttons">
          <button type="submit" className="primary" disabled={busy}>
            {t("arbitrations.award", { partner: side.partner.name })}
          </button>
          <button type="button" onClick={onClose}>
            {t("cancel")}
          </button>
        </p>
      </form>
    </Dialog>
  );
}
