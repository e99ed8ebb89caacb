/** The filters of a list that have no field of their own, such as those that a chart leads to; each can be taken away. */
import type { ClaimFilter, ClaimRowFragment } from "../api/generated";
import { useI18n } from "../i18n";
import { useViewer } from "../viewer";
import { Icon } from "./basics";

interface ChipsProps {
  filter: ClaimFilter;
  /** A claim of the list: it has the names that the filter has only ids for. */
  first: ClaimRowFragment | undefined;
  /** Takes the parameters of the address away. */
  onRemove: (parameters: string[]) => void;
}

/** A half-open range of days as people write it. */
function range(language: string, timeZone: string, from: string | null | undefined, before: string | null | undefined): string {
  const format = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeZone });
  const start = from ? new Date(from) : null;
  const last = before ? new Date(Date.parse(before) - 1) : null;
  if (start && last) return format.formatRange(start, last);
  return `${start ? format.format(start) : ""} – ${last ? format.format(last) : ""}`.trim();
}

export function FilterChips({ filter, first, onRemove }: ChipsProps) {
  const { t, label, language } = useI18n();
  const { timeZone } = useViewer().calendar;
  const chips: [string[], string][] = [];
  const { partnerId, customerId, productId, activity, reviewerSubject, rejectionReason, submittedAt, status = [] } = filter;
  if (partnerId) chips.push([["partnerId"], first?.partner.name ?? t("fact.partner")]);
  if (customerId) chips.push([["customerId"], first?.customer.name ?? t("fact.customer")]);
  if (productId) {
    const line = first?.lines.find(({ product }) => product.id === productId);
    chips.push([["productId"], line?.product.name ?? t("column.product")]);
  }
  if (activity) chips.push([["activity"], label("activity", activity)]);
  if (reviewerSubject) chips.push([["reviewer"], `${t("fact.reviewer")}: ${first?.reviewer?.name ?? reviewerSubject}`]);
  if (rejectionReason?.length) chips.push([["reason"], rejectionReason.map((reason) => label("rejection", reason)).join(", ")]);
  if (submittedAt) {
    const days = range(language, timeZone, submittedAt.from, submittedAt.before);
    chips.push([["submittedFrom", "submittedBefore"], `${t("fact.submitted")}: ${days}`]);
  }
  if (status && status.length > 1) chips.push([["status"], status.map((one) => label("status", one)).join(", ")]);
  if (chips.length === 0) return null;
  return (
    <ul className="chips">
      {chips.map(([parameters, name]) => (
        <li key={parameters[0]}>
          <button type="button" aria-label={t("filter.remove", { name })} onClick={() => onRemove(parameters)}>
            {name} <Icon name="close" />
          </button>
        </li>
      ))}
    </ul>
  );
}
