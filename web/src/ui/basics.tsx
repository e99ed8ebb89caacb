/** The small parts that every screen is made of. */
import { useEffect, useId, useRef, useState, useSyncExternalStore, type ReactNode } from "react";
import { clock, TICK } from "../api/clock";
import { RequestError } from "../api/client";
import type { ClaimStatus, Deadline, ProblemFieldsFragment } from "../api/generated";
import { useI18n, type MessageKey } from "../i18n";
import { problemText } from "../problems";
import { exact, relative } from "../time";
import { useDeadline } from "../viewer";

const PATHS = {
  draft: "M4 13.5V16h2.5L14 8.5 11.5 6 4 13.5Zm8.5-8.5 2.5 2.5 1-1a1.2 1.2 0 0 0 0-1.7l-.8-.8a1.2 1.2 0 0 0-1.7 0l-1 1Z",
  sent: "m3.5 10 13-6-4 13-3-5.5-6-1.5Z",
  review: "M8.7 3.5a5.2 5.2 0 1 0 3.1 9.4l3.7 3.6 1-1-3.6-3.7a5.2 5.2 0 0 0-4.2-8.3Zm0 1.5a3.7 3.7 0 1 1 0 7.4 3.7 3.7 0 0 1 0-7.4Z",
  asked: "M10 2.8 18 17H2L10 2.8Zm-.8 5v4.4h1.6V7.8H9.2Zm0 5.6V15h1.6v-1.6H9.2Z",
  approved: "M10 2.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15Zm-1.2 10.9L5.6 10.2l1.1-1.1 2.1 2.1 4.5-4.5 1.1 1.1-5.6 5.6Z",
  rejected: "M10 2.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15Zm3.2 9.6-1.1 1.1L10 11.1l-2.1 2.1-1.1-1.1L8.9 10 6.8 7.9l1.1-1.1L10 8.9l2.1-2.1 1.1 1.1L11.1 10l2.1 2.1Z",
  board: "M3 4h4v12H3V4Zm5 0h4v8H8V4Zm5 0h4v10h-4V4Z",
  list: "M3 5h14v1.6H3V5Zm0 4.2h14v1.6H3V9.2Zm0 4.2h14V15H3v-1.6Z",
  plus: "M9.2 4h1.6v5.2H16v1.6h-5.2V16H9.2v-5.2H4V9.2h5.2V4Z",
  link: "M8 6H5.5a4 4 0 0 0 0 8H8v-1.6H5.5a2.4 2.4 0 0 1 0-4.8H8V6Zm4 0v1.6h2.5a2.4 2.4 0 0 1 0 4.8H12V14h2.5a4 4 0 0 0 0-8H12ZM7 9.2h6v1.6H7V9.2Z",
  scale: "M9.2 3h1.6v1.7l5 1.2 2 5.6a3 3 0 0 1-5.6 0l1.6-4.4-3-.7v8.2h3V16H6.2v-1.4h3V6.4l-3 .7 1.6 4.4a3 3 0 0 1-5.6 0l2-5.6 5-1.2V3Z",
  chart: "M3 16V4h1.6v10.4H17V16H3Zm3.5-3V9H8v4H6.5Zm3.3 0V6h1.5v7H9.8Zm3.2 0V8h1.5v5H13Z",
  search: "M8.7 3.5a5.2 5.2 0 1 0 3.1 9.4l3.7 3.6 1-1-3.6-3.7a5.2 5.2 0 0 0-4.2-8.3Zm0 1.5a3.7 3.7 0 1 1 0 7.4 3.7 3.7 0 0 1 0-7.4Z",
  person: "M10 3a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7ZM3.5 17c.4-3.3 3-5.5 6.5-5.5s6.1 2.2 6.5 5.5h-13Z",
  clock: "M10 2.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15Zm0 1.6a5.9 5.9 0 1 1 0 11.8 5.9 5.9 0 0 1 0-11.8Zm-.7 2v4.3l3.3 2 .7-1.2-2.5-1.5V6.1H9.3Z",
  file: "M5 2.5h6.5L15.5 7v10.5H5v-15Zm6 1.6V7.5h3l-3-3.4Z",
  code: "m7 5-5 5 5 5 1.1-1.1L4.2 10l3.9-3.9L7 5Zm6 0-1.1 1.1 3.9 3.9-3.9 3.9L13 15l5-5-5-5Z",
  close: "m5.1 4 4.9 4.9L14.9 4 16 5.1 11.1 10l4.9 4.9-1.1 1.1-4.9-4.9L5.1 16 4 14.9 8.9 10 4 5.1 5.1 4Z",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 20 20" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}

const STATUS_ICONS: Record<ClaimStatus, IconName> = {
  EDITING: "draft",
  SUBMITTED: "sent",
  UNDER_REVIEW: "review",
  PARTNER_ACTION_REQUIRED: "asked",
  APPROVED: "approved",
  REJECTED: "rejected",
};

export const STATUSES = Object.keys(STATUS_ICONS) as ClaimStatus[];

/** A status has one color and one icon everywhere, never color alone. */
export function Status({ status }: { status: ClaimStatus }) {
  const { label } = useI18n();
  return (
    <span className={`status status-${status}`}>
      <Icon name={STATUS_ICONS[status]} />
      {label("status", status)}
    </span>
  );
}

/** The server's time. What shows it is rendered again every half minute. */
export function useNow(): number {
  useSyncExternalStore(clock.subscribe, ticks);
  return clock.now();
}

const ticks = () => Math.floor(clock.now() / TICK);

export function Time({ at }: { at: string }) {
  const { language } = useI18n();
  const now = useNow();
  return (
    <time dateTime={at} title={exact(at, language)}>
      {relative(at, now, language)}
    </time>
  );
}

/** How many business days each clock starts with, for the ring alone; the days left are the server's. */
const FULL: Record<Deadline["kind"], number> = {
  START_REVIEW: 5,
  DECIDE: 5,
  PARTNER_RESPONSE: 5,
  CONSENT: 5,
  DISPUTE_WINDOW: 22,
  ANSWER_DISPUTE: 5,
};

/** A ring that empties as the time runs out, with the kind of deadline and the business days left. */
export function DeadlineRing({ deadline }: { deadline: Deadline | null | undefined }) {
  const { t, label } = useI18n();
  const deadlineText = useDeadline();
  if (!deadline) return null;
  const share = Math.max(0, Math.min(1, deadline.businessDaysLeft / FULL[deadline.kind]));
  const left =
    deadline.state === "OVERDUE"
      ? t("deadline.overdue", { count: Math.abs(deadline.businessDaysLeft) })
      : t("deadline.left", { count: deadline.businessDaysLeft });
  return (
    <span className={`deadline deadline-${deadline.state}`} title={deadlineText(deadline.dueAt)}>
      <svg className="ring" viewBox="0 0 20 20" aria-hidden="true" focusable="false">
        <circle className="ring-track" cx="10" cy="10" r="7" />
        <circle className="ring-rest" cx="10" cy="10" r="7" pathLength="100" strokeDasharray={`${share * 100} 100`} />
      </svg>
      <span>
        {label("deadlineKind", deadline.kind)} · {left}
      </span>
    </span>
  );
}

export function Copy({ text, children }: { text: string; children?: ReactNode }) {
  const { t } = useI18n();
  const [done, setDone] = useState(false);
  return (
    <button
      type="button"
      className="copy"
      title={t("copy.hint")}
      onClick={(event) => {
        event.stopPropagation();
        void navigator.clipboard?.writeText(text).then(() => {
          setDone(true);
          setTimeout(() => setDone(false), 1500);
        });
      }}
    >
      {children ?? text}
      <span role="status" className={done ? "copied" : "visually-hidden"}>
        {done ? t("copy.done") : ""}
      </span>
    </button>
  );
}

/** The problems of the rule book, in the viewer's language; in English where the files have no text for the code. */
export function Problems({ problems, title }: { problems: readonly ProblemFieldsFragment[]; title?: string }) {
  const i18n = useI18n();
  if (problems.length === 0) return null;
  return (
    <div className="problems" role="group" aria-label={title}>
      {title && <p className="problems-title">{title}</p>}
      <ul>
        {problems.map((problem, index) => {
          const { message, remedy, lang } = problemText(problem, i18n);
          return (
            <li key={`${problem.code}-${index}`}>
              <code>{problem.code}</code>
              <span lang={lang}>{message}</span>
              {remedy && (
                <span className="remedy" lang={lang}>
                  {remedy}
                </span>
              )}
            </li>
          );
        })}
      </ul>
    </div>
  );
}

export function ErrorBox({ error, retry }: { error: unknown; retry?: () => void }) {
  const { t, label } = useI18n();
  const known = error instanceof RequestError ? error : null;
  const code = known?.code ?? "UNKNOWN";
  return (
    <div className="error" role="alert">
      <p>
        <code>{code}</code> <span lang="en">{known ? known.message : String((error as Error)?.message ?? error)}</span>
      </p>
      <p>{code in REMEDIES ? label("remedy", code) : t("remedy.default")}</p>
      {known?.requestId && (
        <p className="quiet">
          {t("error.request")} <Copy text={known.requestId} />
        </p>
      )}
      {retry && (
        <button type="button" onClick={retry}>
          {t("error.retry")}
        </button>
      )}
    </div>
  );
}

const REMEDIES = { OFFLINE: 1, UNAUTHENTICATED: 1, FORBIDDEN: 1, RATE_LIMITED: 1 };

export function Skeleton({ lines = 3 }: { lines?: number }) {
  const { t } = useI18n();
  return (
    <div className="skeleton" role="status">
      <span className="visually-hidden">{t("loading")}</span>
      {Array.from({ length: lines }, (_, line) => (
        <div key={line} className="skeleton-line" />
      ))}
    </div>
  );
}

export function Empty({ title, hint, children }: { title: string; hint?: string; children?: ReactNode }) {
  return (
    <div className="empty">
      <p className="empty-title">{title}</p>
      {hint && <p>{hint}</p>}
      {children}
    </div>
  );
}

interface DialogProps {
  title: string;
  onClose: () => void;
  children: ReactNode;
}

/** A modal dialog. The browser keeps the focus inside and returns it. */
export function Dialog({ title, onClose, children }: DialogProps) {
  const { t } = useI18n();
  const reference = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const dialog = reference.current;
    const opener = document.activeElement as HTMLElement | null;
    dialog?.showModal();
    return () => {
      dialog?.close();
      opener?.focus?.();
    };
  }, []);
  return (
    <dialog
      ref={reference}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <header className="dialog-head">
        <h2 id={id}>{title}</h2>
        <button type="button" className="plain" aria-label={t("close")} onClick={onClose}>
          <Icon name="close" />
        </button>
      </header>
      {children}
    </dialog>
  );
}

/** A text in which backticks mark what is typed. */
export function WithCode({ text }: { text: string }) {
  return text.split("`").map((part, index) => (index % 2 ? <code key={index}>{part}</code> : part));
}

interface FieldProps {
  label: string;
  hint?: string;
  problems?: readonly ProblemFieldsFragment[];
  children: (attributes: { id: string; "aria-describedby"?: string; "aria-invalid"?: boolean }) => ReactNode;
}

/** A labeled input with its hint and its problems beside it. */
export function Field({ label, hint, problems = [], children }: FieldProps) {
  const id = useId();
  const described = [hint ? `${id}-hint` : "", problems.length ? `${id}-problems` : ""].filter(Boolean).join(" ");
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children({
        id,
        ...(described ? { "aria-describedby": described } : {}),
        ...(problems.length ? { "aria-invalid": true } : {}),
      })}
      {hint && (
        <p className="hint" id={`${id}-hint`}>
          <WithCode text={hint} />
        </p>
      )}
      {problems.length > 0 && (
        <div id={`${id}-problems`}>
          <Problems problems={problems} />
        </div>
      )}
    </div>
  );
}

export function useTitle(title: string) {
  useEffect(() => {
    document.title = `${title} · cpor`;
  }, [title]);
}

/** Keys for a screen, ignored while one types or a dialog is open. */
export function useKeys(keys: Record<string, (event: KeyboardEvent) => void>) {
  const current = useRef(keys);
  current.current = keys;
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement;
      const types = target.closest("input, textarea, select, [contenteditable], dialog");
      if (types || event.ctrlKey || event.metaKey || event.altKey) return;
      current.current[event.key]?.(event);
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);
}

export type { MessageKey };
