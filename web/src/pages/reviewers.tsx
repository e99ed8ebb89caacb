/** The vendor's reviewers: their open reviews, absences and deputies. Leads move reviews from one to another. */
import { useQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { Link } from "wouter";
import { clock } from "../api/clock";
import { newKey, request } from "../api/client";
import {
  ReassignReviewsDocument,
  SetReviewerAbsenceDocument,
  type ProblemFieldsFragment,
  type ReassignReviewsMutation,
  type ReviewerRowFragment,
} from "../api/generated";
import { useI18n } from "../i18n";
import { exact } from "../time";
import { useRefresh } from "../ui/actions";
import { Copy, Dialog, Empty, ErrorBox, Field, Problems, Skeleton, useNow, useTitle } from "../ui/basics";
import { allReviewers, isAway, nameOf, ReviewerField } from "../ui/reviewers";
import { useViewer } from "../viewer";

export default function Reviewers() {
  const { t } = useI18n();
  useTitle(t("nav.reviewers"));
  const found = useQuery({ queryKey: ["reviewers", "all"], queryFn: ({ signal }) => allReviewers(signal) });
  const columns = ["fact.reviewer", "reviewers.open", "reviewers.absence"] as const;
  return (
    <main className="page" id="main" tabIndex={-1}>
      <h1>{t("nav.reviewers")}</h1>
      <p className="lead">{t("reviewers.text")}</p>
      {found.isPending && <Skeleton lines={6} />}
      {found.isError && <ErrorBox error={found.error} retry={() => void found.refetch()} />}
      {found.data?.length === 0 && <Empty title={t("reviewers.empty")} hint={t("reviewers.emptyHint")} />}
      {found.data && found.data.length > 0 && (
        <div className="scroll-x" tabIndex={0} role="group" aria-label={t("nav.reviewers")}>
          <table className="reviewers">
            <thead>
              <tr>
                {columns.map((column) => (
                  <th key={column} scope="col">
                    {t(column)}
                  </th>
                ))}
                <td />
              </tr>
            </thead>
            <tbody>
              {found.data.map((reviewer) => (
                <Row key={reviewer.id} reviewer={reviewer} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </main>
  );
}

/** The list of the reviews that `openReviews` counts. */
const openReviewsOf = (reviewer: string) =>
  `/console/claims?${new URLSearchParams({ reviewer })}&status=SUBMITTED&status=UNDER_REVIEW&status=PARTNER_ACTION_REQUIRED`;

function Row({ reviewer }: { reviewer: ReviewerRowFragment }) {
  const { t } = useI18n();
  const viewer = useViewer();
  const [open, setOpen] = useState<"absence" | "move" | null>(null);
  const isLead = viewer.roles.includes("REVIEW_LEAD");
  const isOwn = viewer.subject === reviewer.subject;
  const close = () => setOpen(null);
  return (
    <tr>
      <th scope="row">
        {nameOf(reviewer)}
        {isOwn && <span className="badge">{t("reviewers.you")}</span>}
        {reviewer.lead && <span className="badge">{t("reviewers.lead")}</span>}
        {!reviewer.active && <span className="badge bad">{t("reviewers.inactive")}</span>}
        <br />
        <Copy text={reviewer.subject} />
      </th>
      <td>
        <Link href={openReviewsOf(reviewer.subject)}>{reviewer.openReviews}</Link>
      </td>
      <td>
        <Absence reviewer={reviewer} />
      </td>
      <td>
        <div className="buttons">
          {(isOwn || isLead) && (
            <button type="button" onClick={() => setOpen("absence")}>
              {t("reviewers.set")}
              <span className="visually-hidden"> {nameOf(reviewer)}</span>
            </button>
          )}
          {isLead && reviewer.openReviews > 0 && (
            <button type="button" onClick={() => setOpen("move")}>
              {t("reviewers.move")}
              <span className="visually-hidden"> {nameOf(reviewer)}</span>
            </button>
          )}
        </div>
        {open === "absence" && <AbsenceDialog reviewer={reviewer} onClose={close} />}
        {open === "move" && <MoveDialog reviewer={reviewer} onClose={close} />}
      </td>
    </tr>
  );
}

function Absence({ reviewer }: { reviewer: ReviewerRowFragment }) {
  const { t, language } = useI18n();
  const now = useNow();
  const { absence } = reviewer;
  if (!absence || Date.parse(absence.until) <= now) return <span className="quiet">–</span>;
  const day = (at: string, before = 0) =>
    new Intl.DateTimeFormat(language, { dateStyle: "medium" }).format(new Date(Date.parse(at) - before));
  // An absence ends with its last day: at the midnight that begins the next one.
  const until = day(absence.until, 1);
  return (
    <span title={`${exact(absence.from, language)} – ${exact(absence.until, language)}`}>
      {isAway(reviewer, now) ? t("reviewers.away", { time: until }) : t("reviewers.awayFrom", { from: day(absence.from), until })}
      <br />
      <span className="quiet">
        {absence.deputy ? t("reviewers.deputy", { name: nameOf(absence.deputy) }) : t("reviewers.noDeputy")}
      </span>
    </span>
  );
}

interface FormDialogProps {
  title: string;
  action: string;
  /** Sends the form; whatever problems it returns are shown. */
  send: () => Promise<readonly ProblemFieldsFragment[]>;
  onClose: () => void;
  children: ReactNode;
  /** A second thing that the dialog can do. */
  other?: { action: string; send: FormDialogProps["send"] } | null;
}

function FormDialog({ title, action, send, onClose, children, other }: FormDialogProps) {
  const { t } = useI18n();
  const [busy, setBusy] = useState(false);
  const [problems, setProblems] = useState<readonly ProblemFieldsFragment[]>([]);
  const [error, setError] = useState<unknown>(null);
  const run = async (act: FormDialogProps["send"]) => {
    setBusy(true);
    setError(null);
    try {
      setProblems(await act());
    } catch (caught) {
      setError(caught);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void run(send);
        }}
      >
        {children}
        <div role="alert">
          <Problems problems={problems} />
        </div>
        {error !== null && <ErrorBox error={error} />}
        <p className="buttons">
          <button type="submit" className="primary" disabled={busy}>
            {action}
          </button>
          {other && (
            <button type="button" disabled={busy} onClick={() => void run(other.send)}>
              {other.action}
            </button>
          )}
          <button type="button" onClick={onClose}>
            {t("cancel")}
          </button>
        </p>
      </form>
    </Dialog>
  );
}

interface ReviewerDialogProps {
  reviewer: ReviewerRowFragment;
  onClose: () => void;
}

const DAY = 86_400_000;

/** A day of the viewer's calendar as a date input has it. */
function dateOf(at: number): string {
  const date = new Date(at);
  const two = (number: number) => String(number).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** The midnight that begins the day, or the one that ends it, in the viewer's zone. */
export function midnight(date: string, after = 0): string {
  const [year = 0, month = 1, day = 1] = date.split("-").map(Number);
  return new Date(year, month - 1, day + after).toISOString();
}

function AbsenceDialog({ reviewer, onClose }: ReviewerDialogProps) {
  const { t } = useI18n();
  const refresh = useRefresh();
  const { absence } = reviewer;
  const known = absence && Date.parse(absence.until) > clock.now() ? absence : null;
  const [from, setFrom] = useState(dateOf(known ? Date.parse(known.from) : clock.now()));
  const [until, setUntil] = useState(dateOf(known ? Date.parse(known.until) - 1 : clock.now() + 7 * DAY));
  const [deputy, setDeputy] = useState(known?.deputy?.subject ?? "");
  const send = async (times: { from: string; until: string; deputySubject: string | null } | null) => {
    const input = { reviewerSubject: reviewer.subject, idempotencyKey: newKey(), ...times };
    const { setReviewerAbsence } = await request(SetReviewerAbsenceDocument, { input });
    if (setReviewerAbsence.reviewer) {
      onClose();
      await refresh();
    }
    return setReviewerAbsence.problems;
  };
  return (
    <FormDialog
      title={`${t("reviewers.absence")}: ${nameOf(reviewer)}`}
      action={t("reviewers.set")}
      onClose={onClose}
      send={() => send({ from: midnight(from), until: midnight(until, 1), deputySubject: deputy || null })}
      other={known && { action: t("reviewers.end"), send: () => send(null) }}
    >
      <div className="grid">
        <Field label={t("reviewers.from")}>
          {(attributes) => (
            <input {...attributes} type="date" required value={from} onChange={(event) => setFrom(event.target.value)} />
          )}
        </Field>
        <Field label={t("reviewers.until")}>
          {(attributes) => (
            <input {...attributes} type="date" required min={from} value={until} onChange={(event) => setUntil(event.target.value)} />
          )}
        </Field>
      </div>
      <ReviewerField
        label={t("reviewers.deputyLabel")}
        value={deputy}
        onChange={setDeputy}
        nobody={t("reviewers.noDeputy")}
        without={reviewer.subject}
      />
    </FormDialog>
  );
}

type Moved = ReassignReviewsMutation["reassignReviews"];

function MoveDialog({ reviewer, onClose }: ReviewerDialogProps) {
  const { t } = useI18n();
  const refresh = useRefresh();
  const [to, setTo] = useState("");
  const [moved, setMoved] = useState<Moved | null>(null);
  const title = `${t("reviewers.move")}: ${nameOf(reviewer)}`;
  if (moved) {
    return (
      <Dialog title={title} onClose={onClose}>
        <p role="status">{t("reviewers.moved", { count: moved.moved.length })}</p>
        {moved.left.length > 0 && (
          <>
            <p>{t("reviewers.left", { count: moved.left.length })}</p>
            <ul>
              {moved.left.map(({ claim, problem }) => (
                <li key={claim.id}>
                  <Link href={`/console/claims/${claim.id}`}>{claim.number}</Link> {claim.name}
                  <Problems problems={[problem]} />
                </li>
              ))}
            </ul>
          </>
        )}
        <p className="buttons">
          <button type="button" className="primary" onClick={onClose}>
            {t("close")}
          </button>
        </p>
      </Dialog>
    );
  }
  const send = async () => {
    const input = { fromSubject: reviewer.subject, toSubject: to || null, idempotencyKey: newKey() };
    const { reassignReviews } = await request(ReassignReviewsDocument, { input });
    if (reassignReviews.problems.length === 0) setMoved(reassignReviews);
    await refresh();
    return reassignReviews.problems;
  };
  return (
    <FormDialog title={title} action={t("reviewers.move")} send={send} onClose={onClose}>
      <p>{t("reviewers.moveText", { name: nameOf(reviewer) })}</p>
      <ReviewerField label={t("reviewers.moveTo")} value={to} onChange={setTo} nobody={t("text.nobody")} without={reviewer.subject} />
    </FormDialog>
  );
}
