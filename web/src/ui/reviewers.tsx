/** The vendor's reviewers, and the field that chooses one of them. */
import { useQuery } from "@tanstack/react-query";
import { request } from "../api/client";
import { ReviewersDocument, type ReviewerRowFragment } from "../api/generated";
import { useI18n } from "../i18n";
import { Field, useNow } from "./basics";

export const nameOf = ({ name, subject }: { name?: string | null; subject: string }) => name ?? subject;

/** All reviewers, page by page; a vendor has some hundred at most. */
export async function allReviewers(signal: AbortSignal, active?: boolean): Promise<ReviewerRowFragment[]> {
  const all: ReviewerRowFragment[] = [];
  let after: string | null = null;
  do {
    const { reviewers }: Awaited<ReturnType<typeof page>> = await page(after, signal, active);
    all.push(...reviewers.nodes);
    after = reviewers.pageInfo.hasNextPage ? (reviewers.pageInfo.endCursor ?? null) : null;
  } while (after);
  return all;
}

const page = (after: string | null, signal: AbortSignal, active?: boolean) =>
  request(ReviewersDocument, { after, ...(active === undefined ? {} : { active }) }, { signal });

export function useActiveReviewers() {
  return useQuery({
    queryKey: ["reviewers", "active"],
    queryFn: ({ signal }) => allReviewers(signal, true),
    staleTime: 30_000,
  });
}

/** The absence that has begun and not ended. */
export function isAway({ absence }: Pick<ReviewerRowFragment, "absence">, now: number): boolean {
  return Boolean(absence && Date.parse(absence.from) <= now && now < Date.parse(absence.until));
}

interface ReviewerFieldProps {
  label: string;
  value: string;
  onChange: (subject: string) => void;
  /** What choosing nobody is called; without it somebody must be chosen. */
  nobody?: string;
  /** Who cannot be chosen. */
  without?: string | undefined;
  /** The only one who can be chosen: a reviewer assigns no colleagues. */
  only?: string | undefined;
}

/** Chooses an active reviewer. A token that may not read the reviewers types the subject instead. */
export function ReviewerField({ label, value, onChange, nobody, without, only }: ReviewerFieldProps) {
  const { t } = useI18n();
  const now = useNow();
  const { data, isError } = useActiveReviewers();
  const reviewers = (data ?? []).filter(({ subject }) => subject !== without && (only === undefined || subject === only));
  const known = reviewers.some(({ subject }) => subject === value);
  return (
    <Field label={label} hint={t("text.reviewerHint")}>
      {(attributes) =>
        isError ? (
          <input {...attributes} required={nobody === undefined} value={value} onChange={(event) => onChange(event.target.value)} />
        ) : (
          <select
            {...attributes}
            required={nobody === undefined}
            value={known ? value : ""}
            onChange={(event) => onChange(event.target.value)}
          >
            <option value="">{nobody ?? t("choose")}</option>
            {reviewers.map((reviewer) => (
              <option key={reviewer.id} value={reviewer.subject}>
                {nameOf(reviewer)} · {t("reviewers.open")}: {reviewer.openReviews}
                {isAway(reviewer, now) ? ` · ${t("reviewers.absence")}` : ""}
              </option>
            ))}
          </select>
        )
      }
    </Field>
  );
}
