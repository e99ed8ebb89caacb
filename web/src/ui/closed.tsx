/** Why an action is not available, in the viewer's language, beside its disabled button. */
import { useId } from "react";
import type { ClaimAction, ClaimStatus, DisputeStatus, Role, UnavailableFieldsFragment } from "../api/generated";
import { useI18n, type I18n } from "../i18n";
import { problemText } from "../problems";
import { deadline } from "../time";
import { faceOf, useViewer } from "../viewer";

/** What the reasons are made from; a customer sees neither reviewer nor dispute. */
export interface ClosedClaim {
  status: ClaimStatus;
  unavailableActions: readonly UnavailableFieldsFragment[];
  reviewer?: { subject: string } | null;
  dispute?: { status: DisputeStatus } | null;
}

interface Person {
  subject: string;
  roles: readonly Role[];
  scopes: readonly string[];
  calendar: { timeZone: string };
}

const REVIEWS: readonly Role[] = ["REVIEWER", "REVIEW_LEAD"];
const PARTNER_ADMINS: readonly Role[] = ["GLOBAL_ADMIN", "BILLING_ADMIN", "INCENTIVES_ADMIN"];

const has = ({ roles }: Person, wanted: readonly Role[]) => roles.some((role) => wanted.includes(role));

/** `NOT_ALLOWED` is about the role, the token, or who the claim is assigned to. The rules tell these apart; the code does not. */
function notAllowed(claim: ClosedClaim, viewer: Person, t: I18n["t"]): string {
  switch (faceOf(viewer.roles)) {
    case "partner":
      return t(has(viewer, PARTNER_ADMINS) ? "closed.token" : "closed.partnerRole");
    case "vendor":
      if (!has(viewer, REVIEWS)) return t("closed.vendorRole");
      if (!viewer.scopes.includes("reviews:write")) return t("closed.token");
      return t(claim.dispute?.status === "OPEN" && claim.reviewer?.subject === viewer.subject ? "closed.ownRejection" : "closed.person");
    default:
      return t("closed.token");
  }
}

/** The reason in words: shorter than the problem where the button and the claim say the rest. */
export function reasonText(
  { reason }: UnavailableFieldsFragment,
  claim: ClosedClaim,
  viewer: Person,
  { t, label, language }: Pick<I18n, "t" | "label" | "language">,
): string {
  const parameter = (name: string) => reason.params.find((one) => one.name === name)?.value;
  switch (reason.code) {
    case "WRONG_STATUS": {
      const needed = (parameter("neededStatuses") ?? "").split(" ").filter((status) => status && status !== claim.status);
      if (needed.length === 0) return t("closed.contested");
      const list = new Intl.ListFormat(language, { type: "disjunction" }).format(needed.map((status) => label("status", status)));
      return t("closed.WRONG_STATUS", { needed: list, status: label("status", claim.status) });
    }
    case "NOT_ALLOWED":
      return notAllowed(claim, viewer, t);
    case "DISPUTE_WINDOW_CLOSED":
      return t("closed.DISPUTE_WINDOW_CLOSED", { time: deadline(parameter("until") ?? "", language, viewer.calendar.timeZone) });
    case "IN_ARBITRATION":
    case "CONSENT_WINDOW_CLOSED":
    case "NOT_DISPUTABLE":
      return t(`closed.${reason.code}`);
    default: {
      const { message, remedy } = problemText(reason, { t, label, language });
      return [message, remedy].filter(Boolean).join(" ");
    }
  }
}

/** Whether one would look for the button now: neither another status nor another role is what the action needs. */
export function isNear({ reason }: UnavailableFieldsFragment, viewer: Person): boolean {
  return reason.code !== "WRONG_STATUS" && (reason.code !== "NOT_ALLOWED" || has(viewer, REVIEWS));
}

/** The reason alone, beside a button that the page shows disabled itself. */
export function Reason({ claim, action, id }: { claim: ClosedClaim; action: ClaimAction; id: string }) {
  const i18n = useI18n();
  const viewer = useViewer();
  const closed = claim.unavailableActions.find((one) => one.action === action);
  return (
    closed && (
      <span className="quiet" id={id}>
        {reasonText(closed, claim, viewer, i18n)}
      </span>
    )
  );
}

interface ClosedProps {
  claim: ClosedClaim;
  /** The actions to show, in the order of their buttons. */
  actions: readonly ClaimAction[];
}

function List({ claim, closed }: { claim: ClosedClaim; closed: readonly UnavailableFieldsFragment[] }) {
  const i18n = useI18n();
  const viewer = useViewer();
  const id = useId();
  return (
    <ul className="closed">
      {closed.map((one) => (
        <li key={one.action}>
          <button type="button" disabled aria-describedby={`${id}-${one.action}`}>
            {i18n.label("do", one.action)}
          </button>{" "}
          <span className="quiet" id={`${id}-${one.action}`}>
            {reasonText(one, claim, viewer, i18n)}
          </span>
        </li>
      ))}
    </ul>
  );
}

const inOrder = (claim: ClosedClaim, actions: readonly ClaimAction[]) =>
  actions.flatMap((action) => claim.unavailableActions.filter((one) => one.action === action));

/** The buttons that one misses, each disabled with its reason. */
export function Near({ claim, actions }: ClosedProps) {
  const viewer = useViewer();
  const closed = inOrder(claim, actions).filter((one) => isNear(one, viewer));
  return closed.length > 0 && <List claim={claim} closed={closed} />;
}

/** All the other actions of the viewer's side, folded away. */
export function Far({ claim, actions }: ClosedProps) {
  const { t } = useI18n();
  const viewer = useViewer();
  const closed = inOrder(claim, actions).filter((one) => !isNear(one, viewer));
  return (
    closed.length > 0 && (
      <details className="closed-rest">
        <summary>{t("closed.title", { count: closed.length })}</summary>
        <List claim={claim} closed={closed} />
      </details>
    )
  );
}
