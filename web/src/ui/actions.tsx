/** What one can do to a claim: a button for each available action and one dialog that asks for what the action needs. */
import { useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent, type ReactNode } from "react";
import { useLocation } from "wouter";
import { newKey, request } from "../api/client";
import {
  ApproveClaimDocument,
  AssignReviewerDocument,
  ClaimByIdDocument,
  DeclineConsentDocument,
  DeleteDraftDocument,
  DisputeClaimDocument,
  RejectClaimDocument,
  RequestPartnerActionDocument,
  RespondToReviewDocument,
  StartReviewDocument,
  SubmitClaimDocument,
  WithdrawClaimDocument,
  type ActionReason,
  type ClaimAction,
  type ClaimStatus,
  type ProblemFieldsFragment,
  type RejectionReason,
} from "../api/generated";
import { useI18n, type MessageKey } from "../i18n";
import { useViewer } from "../viewer";
import { Dialog, ErrorBox, Field, Problems, Status } from "./basics";
import { Near, type ClosedClaim } from "./closed";
import { ReviewerField } from "./reviewers";

export const ACTION_REASONS: ActionReason[] = [
  "ALL_POE_MISSING",
  "MISSING_CUSTOMER_ACKNOWLEDGEMENT",
  "MISSING_OR_OUTDATED_DATES",
  "MISSING_PARTNER_SOLUTION",
  "MISSING_PRODUCTS",
  "OTHER",
];

/** The reasons that a reviewer may choose; the others are set by what happened (L7). */
const REJECTION_REASONS: RejectionReason[] = [
  "INSUFFICIENT_POE",
  "MISSING_CUSTOMER_ACKNOWLEDGEMENT",
  "MISSING_PRODUCTS",
  "POE_UNAVAILABLE",
  "OTHER",
];

/** The actions that have a button here, in the order of the buttons. The others have a place of their own on the page. */
export const BUTTONS: ClaimAction[] = [
  "SUBMIT",
  "RESPOND",
  "START_REVIEW",
  "APPROVE",
  "REQUEST_PARTNER_ACTION",
  "REJECT",
  "DISPUTE",
  "DECLINE_CONSENT",
  "ASSIGN",
  "WITHDRAW",
  "DELETE_DRAFT",
];

const DANGER = new Set<ClaimAction>(["REJECT", "WITHDRAW", "DELETE_DRAFT", "DECLINE_CONSENT"]);

export interface ActionClaim {
  id: string;
  version: number;
  status: ClaimStatus;
  availableActions: ClaimAction[];
}

interface Values {
  text: string;
  reasons: ActionReason[];
  rejection: RejectionReason | "";
  reviewer: string;
}

interface Outcome {
  claim?: { id: string; version: number; status: ClaimStatus } | null | undefined;
  problems: readonly ProblemFieldsFragment[];
  done: boolean;
}

async function perform(action: ClaimAction, claim: ActionClaim, values: Values, idempotencyKey: string): Promise<Outcome> {
  const common = { claimId: claim.id, expectedVersion: claim.version, idempotencyKey };
  const text = values.text.trim();
  const outcome = (payload: { claim?: Outcome["claim"]; problems: readonly ProblemFieldsFragment[] }): Outcome => ({
    ...payload,
    done: Boolean(payload.claim),
  });
  switch (action) {
    case "SUBMIT":
      return outcome((await request(SubmitClaimDocument, { input: common })).submitClaim);
    case "RESPOND":
      return outcome((await request(RespondToReviewDocument, { input: { ...common, message: text || null } })).respondToReview);
    case "START_REVIEW":
      return outcome((await request(StartReviewDocument, { input: common })).startReview);
    case "APPROVE":
      return outcome((await request(ApproveClaimDocument, { input: { ...common, note: text || null } })).approveClaim);
    case "REQUEST_PARTNER_ACTION": {
      const input = { ...common, reasons: values.reasons, message: text };
      return outcome((await request(RequestPartnerActionDocument, { input })).requestPartnerAction);
    }
    case "REJECT": {
      const input = { ...common, reason: values.rejection || ("OTHER" as const), detail: text };
      return outcome((await request(RejectClaimDocument, { input })).rejectClaim);
    }
    case "DISPUTE":
      return outcome((await request(DisputeClaimDocument, { input: { ...common, justification: text || null } })).disputeClaim);
    case "DECLINE_CONSENT":
      return outcome((await request(DeclineConsentDocument, { input: { ...common, reason: text || null } })).declineConsent);
    case "ASSIGN": {
      const input = { ...common, reviewerSubject: values.reviewer.trim() || null };
      return outcome((await request(AssignReviewerDocument, { input })).assignReviewer);
    }
    case "WITHDRAW":
      return outcome((await request(WithdrawClaimDocument, { input: { ...common, detail: text } })).withdrawClaim);
    case "DELETE_DRAFT": {
      const { deleteClaimDraft } = await request(DeleteDraftDocument, { input: common });
      return { problems: deleteClaimDraft.problems, done: Boolean(deleteClaimDraft.deletedClaimId) };
    }
    default:
      throw new Error(`${action} has no dialog.`);
  }
}

/** What no action changes; a document is replaced, never changed. */
const LASTING = new Set(["people", "viewer", "document"]);

export function useRefresh() {
  const queries = useQueryClient();
  return () => queries.invalidateQueries({ predicate: ({ queryKey }) => !LASTING.has(String(queryKey[0])) });
}

interface ActionsProps {
  claim: ActionClaim & ClosedClaim;
  /** Actions that this page offers in another way. */
  without?: ClaimAction[];
  /** What the message of a request starts with, such as the points that were ticked in the checklist. */
  reasons?: ActionReason[];
  /** What stands before the buttons, in the same row. */
  children?: ReactNode;
}

export function Actions({ claim, without = [], reasons = [], children }: ActionsProps) {
  const { label } = useI18n();
  const [open, setOpen] = useState<ClaimAction | null>(null);
  const offered = BUTTONS.filter((action) => claim.availableActions.includes(action) && !without.includes(action));
  return (
    <div className="actions">
      <div className="buttons">
        {children}
        {offered.map((action, index) => (
          <button
            key={action}
            type="button"
            className={DANGER.has(action) ? "danger" : index === 0 ? "primary" : ""}
            onClick={() => setOpen(action)}
          >
            {label("do", action)}
          </button>
        ))}
      </div>
      <Near claim={claim} actions={BUTTONS.filter((action) => !without.includes(action))} />
      {open && <ActionDialog action={open} claim={claim} reasons={reasons} onClose={() => setOpen(null)} />}
    </div>
  );
}

interface ActionDialogProps {
  action: ClaimAction;
  claim: ActionClaim;
  reasons?: ActionReason[];
  onClose: () => void;
}

/** The text of an action: what it is called, and whether it is needed. */
const TEXTS: Partial<Record<ClaimAction, { key: MessageKey; required: boolean }>> = {
  RESPOND: { key: "text.message", required: false },
  APPROVE: { key: "text.note", required: false },
  REQUEST_PARTNER_ACTION: { key: "text.message", required: true },
  REJECT: { key: "text.detail", required: true },
  DISPUTE: { key: "text.justification", required: false },
  DECLINE_CONSENT: { key: "text.reason", required: false },
  WITHDRAW: { key: "text.detail", required: true },
};

export function ActionDialog({ action, claim, reasons = [], onClose }: ActionDialogProps) {
  const { t, label } = useI18n();
  const viewer = useViewer();
  const [, navigate] = useLocation();
  const refresh = useRefresh();
  const [current, setCurrent] = useState(claim);
  const [conflict, setConflict] = useState<{ before: ActionClaim; after: ActionClaim } | null>(null);
  const [values, setValues] = useState<Values>({
    text: "",
    reasons,
    rejection: "",
    reviewer: viewer.subject,
  });
  const [problems, setProblems] = useState<readonly ProblemFieldsFragment[]>([]);
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  // One key for one intent: a repeat after a lost answer must not act twice.
  const [key, setKey] = useState(newKey);
  const text = TEXTS[action];
  const put = (part: Partial<Values>) => {
    setValues((all) => ({ ...all, ...part }));
    setKey(newKey());
  };

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    setProblems([]);
    try {
      const outcome = await perform(action, current, values, key);
      if (outcome.done) {
        onClose();
        if (action === "DELETE_DRAFT") navigate("/console");
        await refresh();
        return;
      }
      setKey(newKey());
      if (outcome.problems.some(({ code }) => code === "VERSION_CONFLICT")) {
        const { claim: fresh } = await request(ClaimByIdDocument, { id: claim.id });
        if (fresh) {
          setConflict({ before: current, after: fresh });
          setCurrent(fresh);
          await refresh();
          return;
        }
      }
      setProblems(outcome.problems);
    } catch (caught) {
      setError(caught);
    } finally {
      setBusy(false);
    }
  };

  return (
    <Dialog title={label("do", action)} onClose={onClose}>
      <form onSubmit={(event) => void submit(event)}>
        {HINTS.has(action) && <p>{label("doHint", action)}</p>}
        {conflict && (
          <div className="notice" role="alert">
            <p>{t("conflict.changed")}</p>
            <p>
              {t("conflict.version", { before: conflict.before.version, after: conflict.after.version })}{" "}
              <Status status={conflict.before.status} /> → <Status status={conflict.after.status} />
            </p>
            <p>{t(conflict.after.availableActions.includes(action) ? "conflict.again" : "conflict.gone")}</p>
          </div>
        )}
        {action === "REQUEST_PARTNER_ACTION" && (
          <fieldset>
            <legend>{t("text.reasons")}</legend>
            {ACTION_REASONS.map((reason) => (
              <label key={reason} className="check">
                <input
                  type="checkbox"
                  checked={values.reasons.includes(reason)}
                  onChange={(event) =>
                    put({
                      reasons: event.target.checked
                        ? [...values.reasons, reason]
                        : values.reasons.filter((one) => one !== reason),
                    })
                  }
                />
                {label("reason", reason)}
              </label>
            ))}
            <button
              type="button"
              className="plain"
              onClick={() => put({ text: values.reasons.map((reason) => label("template", reason)).join("\n\n") })}
            >
              {t("text.template")}
            </button>
          </fieldset>
        )}
        {action === "REJECT" && (
          <Field label={t("text.rejection")}>
            {(attributes) => (
              <select
                {...attributes}
                required
                value={values.rejection}
                onChange={(event) => put({ rejection: event.target.value as RejectionReason })}
              >
                <option value="">{t("choose")}</option>
                {REJECTION_REASONS.map((reason) => (
                  <option key={reason} value={reason}>
                    {label("rejection", reason)}
                  </option>
                ))}
              </select>
            )}
          </Field>
        )}
        {action === "ASSIGN" && (
          <ReviewerField
            label={t("text.reviewer")}
            value={values.reviewer}
            onChange={(reviewer) => put({ reviewer })}
            nobody={t("text.nobody")}
            only={viewer.roles.includes("REVIEW_LEAD") ? undefined : viewer.subject}
          />
        )}
        {(action === "APPROVE" || (action === "REJECT" && values.rejection)) && (
          <button
            type="button"
            className="plain"
            onClick={() =>
              put({
                text: action === "APPROVE" ? t("approveTemplate.DEFAULT") : label("rejectTemplate", values.rejection),
              })
            }
          >
            {t("text.templateOne")}
          </button>
        )}
        {text && (
          <Field label={text.required ? t(text.key) : t("optional", { label: t(text.key) })}>
            {(attributes) => (
              <textarea
                {...attributes}
                rows={5}
                required={text.required}
                value={values.text}
                onChange={(event) => put({ text: event.target.value })}
              />
            )}
          </Field>
        )}
        <div role="alert">
          <Problems problems={problems} />
        </div>
        {error !== null && <ErrorBox error={error} />}
        <p className="buttons">
          <button
            type="submit"
            className={DANGER.has(action) ? "danger" : "primary"}
            disabled={busy || (action === "REQUEST_PARTNER_ACTION" && values.reasons.length === 0)}
          >
            {label("do", action)}
          </button>
          <button type="button" onClick={onClose}>
            {t("cancel")}
          </button>
        </p>
      </form>
    </Dialog>
  );
}

const HINTS = new Set<ClaimAction>(["SUBMIT", "START_REVIEW", "APPROVE", "DELETE_DRAFT", "WITHDRAW", "DECLINE_CONSENT", "DISPUTE", "RESPOND"]);
