/** History and comments of a claim in one timeline, with the box for a new comment. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { newKey, request } from "../api/client";
import { AddCommentDocument, TimelineDocument, type ClaimAction, type ProblemFieldsFragment, type TimelineEntryFragment } from "../api/generated";
import { useI18n } from "../i18n";
import { faceOf, useViewer } from "../viewer";
import { useRefresh } from "./actions";
import { ErrorBox, Field, Problems, Skeleton, Status, Time } from "./basics";

type Show = "all" | "comments" | "changes";
const SHOWN: Show[] = ["all", "comments", "changes"];

export function Timeline({ id, availableActions }: { id: string; availableActions: ClaimAction[] }) {
  const { t } = useI18n();
  const [show, setShow] = useState<Show>("all");
  const timeline = useInfiniteQuery({
    queryKey: ["timeline", id],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) => request(TimelineDocument, { id, before: pageParam }, { signal }),
    getNextPageParam: ({ claim }) =>
      claim?.history.pageInfo.hasPreviousPage ? claim.history.pageInfo.startCursor : undefined,
  });
  // Pages go back in time; the timeline reads forward.
  const entries = (timeline.data?.pages ?? []).toReversed().flatMap(({ claim }) => claim?.history.nodes ?? []);
  const shown = entries.filter((entry) => show === "all" || (show === "comments") === (entry.comment !== null));
  return (
    <section className="timeline" aria-label={t("timeline.title")}>
      <header>
        <h2>{t("timeline.title")}</h2>
        <div className="segments" role="group" aria-label={t("timeline.filter")}>
          {SHOWN.map((one) => (
            <button key={one} type="button" aria-pressed={show === one} onClick={() => setShow(one)}>
              {t(`timeline.${one}`)}
            </button>
          ))}
        </div>
      </header>
      {timeline.isPending && <Skeleton lines={5} />}
      {timeline.isError && <ErrorBox error={timeline.error} retry={() => void timeline.refetch()} />}
      {timeline.hasNextPage && (
        <button type="button" onClick={() => void timeline.fetchNextPage()}>
          {t("timeline.earlier")}
        </button>
      )}
      <ol>
        {shown.map((entry) => (
          <Entry key={entry.id} entry={entry} />
        ))}
      </ol>
      {availableActions.includes("COMMENT") && <CommentBox id={id} />}
    </section>
  );
}

export function Entry({ entry }: { entry: TimelineEntryFragment }) {
  const { t, label } = useI18n();
  const internal = entry.comment?.visibility === "INTERNAL";
  return (
    <li className={internal ? "entry internal" : entry.comment ? "entry comment" : "entry"}>
      <p>
        <strong>{entry.actor.kind === "SYSTEM" ? t("timeline.clock") : entry.actor.name}</strong>{" "}
        {label("action", entry.action)}
        {internal && <span className="badge">{t("comment.internal")}</span>}
        <span className="quiet">
          {" "}
          · <Time at={entry.at} />
        </span>
      </p>
      {entry.toStatus && (
        <p>
          {entry.fromStatus && (
            <>
              <Status status={entry.fromStatus} /> →{" "}
            </>
          )}
          <Status status={entry.toStatus} />
        </p>
      )}
      {entry.comment && <p className="body">{entry.comment.body}</p>}
      {entry.note && entry.note !== entry.comment?.body && <p className="body">{entry.note}</p>}
      {entry.changes.length > 0 && (
        <details>
          <summary>{t("timeline.fields", { count: entry.changes.length })}</summary>
          <dl className="changes">
            {entry.changes.map((change, index) => (
              <div key={`${change.field}-${index}`}>
                <dt>
                  <code>{change.field}</code>
                </dt>
                <dd>
                  {change.before && <del>{change.before}</del>} {change.after && <ins>{change.after}</ins>}
                </dd>
              </div>
            ))}
          </dl>
        </details>
      )}
    </li>
  );
}

function CommentBox({ id }: { id: string }) {
  const { t } = useI18n();
  const isVendor = faceOf(useViewer().roles) === "vendor";
  const refresh = useRefresh();
  const [body, setBody] = useState("");
  const [internal, setInternal] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problems, setProblems] = useState<readonly ProblemFieldsFragment[]>([]);
  const [error, setError] = useState<unknown>(null);
  const send = async () => {
    setBusy(true);
    setError(null);
    try {
      const visibility = internal ? ("INTERNAL" as const) : ("SHARED" as const);
      const input = { claimId: id, body, visibility, idempotencyKey: newKey() };
      const { addComment } = await request(AddCommentDocument, { input });
      setProblems(addComment.comment ? [] : addComment.problems);
      if (addComment.comment) setBody("");
      await refresh();
    } catch (caught) {
      setError(caught);
    } finally {
      setBusy(false);
    }
  };
  return (
    <form
      className={internal ? "comment-box internal" : "comment-box"}
      onSubmit={(event) => {
        event.preventDefault();
        if (body.trim()) void send();
      }}
    >
      <Field label={t(internal ? "comment.internalLabel" : "comment.label")}>
        {(attributes) => <textarea {...attributes} rows={3} value={body} onChange={(event) => setBody(event.target.value)} />}
      </Field>
      {isVendor && (
        <label className="check">
          <input type="checkbox" checked={internal} onChange={(event) => setInternal(event.target.checked)} />
          {t("comment.internalCheck")}
        </label>
      )}
      <Problems problems={problems} />
      {error !== null && <ErrorBox error={error} />}
      <button type="submit" disabled={busy || !body.trim()}>
        {t("comment.send")}
      </button>
    </form>
  );
}
