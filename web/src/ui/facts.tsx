/** The facts of a claim: what is claimed, where, by whom, and what became of it. */
import type { ReactNode } from "react";
import { Link } from "wouter";
import type { ClaimFactsFragment, ContactFieldsFragment } from "../api/generated";
import { useI18n } from "../i18n";
import { useDeadline } from "../viewer";
import { Copy, Time } from "./basics";

export function Facts({ claim }: { claim: ClaimFactsFragment }) {
  const { t, label } = useI18n();
  const deadlineText = useDeadline();
  const list = (group: string, values: readonly string[]) => values.map((value) => label(group, value)).join(", ");
  return (
    <dl className="facts">
      <Fact name={t("fact.customer")}>
        {claim.customer.name} <span className="quiet">{claim.customer.domain}</span> <Copy text={claim.customer.tenantId} />
      </Fact>
      <Fact name={t("fact.partner")}>{claim.partner.name}</Fact>
      <Fact name={t("fact.location")}>
        {claim.location.name}, {claim.location.country} <Copy text={claim.location.mpnId} />
      </Fact>
      <Fact name={t("fact.area")}>{label("area", claim.solutionArea)}</Fact>
      <Fact name={t("fact.activities")}>{list("activity", claim.activities)}</Fact>
      {claim.programs.length > 0 && <Fact name={t("fact.programs")}>{list("program", claim.programs)}</Fact>}
      <Fact name={t("fact.products")}>
        <ul className="lines">
          {claim.lines.map((line) => (
            <li key={line.id}>
              {line.product.name} {line.subscriptionId && <Copy text={line.subscriptionId} />}{" "}
              {line.outcome !== "PENDING" && <span className="badge">{label("outcome", line.outcome)}</span>}
              {line.association && (
                <span className="badge">
                  {line.association.endedAt
                    ? t("associations.endedAt")
                    : t(line.association.official ? "associations.official" : "fact.inConsent")}
                </span>
              )}
            </li>
          ))}
        </ul>
      </Fact>
      {claim.externalReference && (
        <Fact name={t("fact.reference")}>
          <Copy text={claim.externalReference} />
        </Fact>
      )}
      <Contact name={t("fact.customerContact")} contact={claim.customerContact} />
      <Contact name={t("fact.technicalContact")} contact={claim.technicalContact} />
      <Contact name={t("fact.partnerContact")} contact={claim.partnerContact} />
      {claim.solutionSeller && <Fact name={t("fact.seller")}>{claim.solutionSeller}</Fact>}
      {claim.partnerSolution && <Fact name={t("fact.solution")}>{claim.partnerSolution}</Fact>}
      {claim.reviewer && (
        <Fact name={t("fact.reviewer")}>
          {claim.reviewer.name ?? claim.reviewer.subject} <Copy text={claim.reviewer.subject} />
        </Fact>
      )}
      {claim.submittedAt && (
        <Fact name={t("fact.submitted")}>
          <Time at={claim.submittedAt} />
        </Fact>
      )}
      {claim.decisionDueAt && <Fact name={t("fact.decisionDue")}>{deadlineText(claim.decisionDueAt)}</Fact>}
      {claim.consent && (
        <Fact name={t("fact.consent")}>
          {label("consent", claim.consent.status)} · {deadlineText(claim.consent.declineUntil)}
        </Fact>
      )}
      {claim.evaluation && (
        <Fact name={t("fact.evaluation")}>
          {label("evaluation", claim.evaluation.status)}
          {claim.evaluation.sentAt && (
            <>
              {" "}
              <Time at={claim.evaluation.sentAt} />
            </>
          )}
          {claim.evaluation.subscriptionIds.map((id) => (
            <Copy key={id} text={id} />
          ))}
          {claim.evaluation.tenantId && <Copy text={claim.evaluation.tenantId} />}
        </Fact>
      )}
      {claim.arbitrations.length > 0 && (
        <Fact name={t("fact.arbitrations")}>
          {claim.arbitrations.map((arbitration) => (
            <Link key={arbitration.id} href={`/console/arbitrations/${arbitration.id}`}>
              {label("arbitration", arbitration.status)} <Time at={arbitration.openedAt} />
            </Link>
          ))}
        </Fact>
      )}
    </dl>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Contact({ name, contact }: { name: string; contact: ContactFieldsFragment | null | undefined }) {
  if (!contact) return null;
  return (
    <Fact name={name}>
      {contact.name}
      {contact.title && <span className="quiet"> {contact.title}</span>} <Copy text={contact.email} />
      {contact.phone && <Copy text={contact.phone} />}
    </Fact>
  );
}
