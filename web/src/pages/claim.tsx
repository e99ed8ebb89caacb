/** A claim: header with clock and actions, facts and proof, and the timeline. Reviewers see the proof beside the facts. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "wouter";
import { request } from "../api/client";
import { ClaimByIdDocument, type ActionReason, type ClaimAction, type ClaimFactsFragment } from "../api/generated";
import { useI18n } from "../i18n";
import { ACTION_REASONS, Actions, BUTTONS } from "../ui/actions";
import { Copy, DeadlineRing, Empty, ErrorBox, Problems, Skeleton, Status, Time, useTitle } from "../ui/basics";
import { Far } from "../ui/closed";
import { Facts } from "../ui/facts";
import { DropZone, Preview, Proof, useUploads } from "../ui/proof";
import { Timeline } from "../ui/timeline";
import { faceOf, useDeadline, useViewer } from "../viewer";

/** The buttons, and what has a place of its own on the page. */
const ALL_ACTIONS: ClaimAction[] = ["EDIT", ...BUTTONS, "ATTACH_PROOF", "COMMENT"];

export default function ClaimPage({ id }: { id: string }) {
  const { t } = useI18n();
  const claim = useQuery({
    queryKey: ["claim", id],
    queryFn: ({ signal }) => request(ClaimByIdDocument, { id }, { signal }),
  });
  useTitle(claim.data?.claim?.number ?? t("column.claim"));
  if (claim.isPending) return <Skeleton lines={8} />;
  if (claim.isError) {
    return (
      <main className="page" id="main" tabIndex={-1}>
        <h1>{t("column.claim")}</h1>
        <ErrorBox error={claim.error} retry={() => void claim.refetch()} />
      </main>
    );
  }
  if (!claim.data.claim) {
    return (
      <main className="page" id="main" tabIndex={-1}>
        <h1>{t("column.claim")}</h1>
        <Empty title={t("claim.missing")} hint={t("claim.missingHint")}>
          <Link href="/console/claims">{t("nav.claims")}</Link>
        </Empty>
      </main>
    );
  }
  return <Loaded claim={claim.data.claim} />;
}

function Loaded({ claim }: { claim: ClaimFactsFragment }) {
  const { t, label } = useI18n();
  const deadlineText = useDeadline();
  const face = faceOf(useViewer().roles);
  const uploads = useUploads(claim.id);
  const [ticked, setTicked] = useState<ActionReason[]>([]);
  const [selected, setSelected] = useState<string | undefined>(claim.proofOfExecution[0]?.id);
  const shown = claim.proofOfExecution.find((document) => document.id === selected) ?? claim.proofOfExecution[0];
  const isVendor = face === "vendor";
  const canAttach = claim.availableActions.includes("ATTACH_PROOF");
  const asked = claim.status === "PARTNER_ACTION_REQUIRED" ? claim.actionRequest : null;
  return (
    <DropZone enabled={canAttach} onFiles={(files) => void uploads.add(files)}>
      <main className={isVendor ? "page wide claim review" : "page wide claim"} id="main" tabIndex={-1}>
        <header className="claim-head">
          <div>
            <h1>{claim.name}</h1>
            <p>
              <Copy text={claim.number} /> <Status status={claim.status} /> <DeadlineRing deadline={claim.deadline} />
            </p>
          </div>
          <div className="claim-actions">
            <Actions claim={claim} reasons={ticked}>
              {claim.availableActions.includes("EDIT") && (
                <Link className="button" href={`/console/new/${claim.id}`}>
                  {label("do", "EDIT")}
                </Link>
              )}
            </Actions>
            <Far claim={claim} actions={ALL_ACTIONS} />
          </div>
        </header>
        {asked && (
          <section className="notice pinned" aria-label={t("claim.asked")}>
            <h2>{t("claim.asked")}</h2>
            <p>
              {t("claim.respondBy", { time: deadlineText(asked.respondBy) })} · <Time at={asked.requestedAt} />
            </p>
            <ul>
              {asked.reasons.map((reason) => (
                <li key={reason}>{label("reason", reason)}</li>
              ))}
            </ul>
            <p className="body">{asked.message}</p>
          </section>
        )}
        {claim.rejection && claim.status === "REJECTED" && (
          <section className="notice" aria-label={label("status", "REJECTED")}>
            <p>
              <strong>{label("rejection", claim.rejection.reason)}</strong> · <Time at={claim.rejection.rejectedAt} />
            </p>
            <p className="body">{claim.rejection.detail}</p>
            {claim.rejection.disputableUntil && (
              <p>{t("claim.disputableUntil", { time: deadlineText(claim.rejection.disputableUntil) })}</p>
            )}
          </section>
        )}
        {claim.dispute && (
          <section className="notice" aria-label={t("claim.dispute")}>
            <p>
              <strong>
                {t("claim.dispute")}: {label("dispute", claim.dispute.status)}
              </strong>{" "}
              · <Time at={claim.dispute.openedAt} />
            </p>
            {claim.dispute.justification && <p className="body">{claim.dispute.justification}</p>}
          </section>
        )}
        <Problems problems={claim.problems} title={t("claim.problems", { count: claim.problems.length })} />
        <div className="claim-columns">
          <div className="claim-left">
            <section className="card">
              <h2>{t("claim.facts")}</h2>
              <Facts claim={claim} />
            </section>
            {isVendor && claim.availableActions.includes("REQUEST_PARTNER_ACTION") && (
              <section className="card">
                <h2>{t("review.checklist")}</h2>
                <p className="quiet">{t("review.checklistHint")}</p>
                {ACTION_REASONS.map((reason) => (
                  <label key={reason} className="check">
                    <input
                      type="checkbox"
                      checked={ticked.includes(reason)}
                      onChange={(event) =>
                        setTicked((all) => (event.target.checked ? [...all, reason] : all.filter((one) => one !== reason)))
                      }
                    />
                    {label("reason", reason)}
                  </label>
                ))}
              </section>
            )}
            {!isVendor && face !== "customer" && (
              <section className="card">
                <h2>{t("proof.title")}</h2>
                <Proof claim={claim} uploads={uploads} />
              </section>
            )}
            {isVendor && <Timeline id={claim.id} availableActions={claim.availableActions} />}
          </div>
          <div className="claim-right">
            {isVendor ? (
              <section className="card proof-side">
                <h2>{t("proof.title")}</h2>
                <Proof claim={claim} uploads={uploads} selected={shown?.id} onSelect={setSelected} />
                {shown && <Preview key={shown.id} document={shown} />}
              </section>
            ) : (
              <Timeline id={claim.id} availableActions={claim.availableActions} />
            )}
          </div>
        </div>
      </main>
    </DropZone>
  );
}
