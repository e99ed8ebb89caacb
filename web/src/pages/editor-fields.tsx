/** The fields of a claim's form, each with its problems beside it. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useId, useState } from "react";
import { request } from "../api/client";
import {
  ActivityOptionsDocument,
  KnownCustomersDocument,
  ProductsDocument,
  type Activity,
  type ProblemFieldsFragment,
  type SolutionArea,
} from "../api/generated";
import { isUuid, problemsOf, type Contacts, type Draft, type DraftContact, type DraftLine } from "../draft";
import { useI18n } from "../i18n";
import { ErrorBox, Field, Problems, Skeleton } from "../ui/basics";
import { useDebounced } from "../ui/shell";

export interface PartProps {
  draft: Draft;
  put: (part: Partial<Draft>) => void;
  problems: readonly ProblemFieldsFragment[];
  disabled?: boolean;
}

export function CustomerFields({ draft, put, problems, disabled = false }: PartProps) {
  const { t } = useI18n();
  const known = useQuery({
    queryKey: ["customers"],
    queryFn: ({ signal }) => request(KnownCustomersDocument, {}, { signal }),
    staleTime: 60_000,
  });
  const nodes = known.data?.customers.nodes ?? [];
  const tenantId = draft.tenantId.trim();
  return (
    <>
      {nodes.length > 0 && !disabled && (
        <Field label={t("editor.known")}>
          {(attributes) => (
            <select
              {...attributes}
              value={nodes.find((customer) => customer.tenantId === tenantId)?.id ?? ""}
              onChange={(event) => {
                const customer = nodes.find((one) => one.id === event.target.value);
                if (customer) put({ tenantId: customer.tenantId, domain: customer.domain });
              }}
            >
              <option value="">{t("editor.other")}</option>
              {nodes.map((customer) => (
                <option key={customer.id} value={customer.id}>
                  {customer.name}
                </option>
              ))}
            </select>
          )}
        </Field>
      )}
      <Field
        label={t("editor.tenant")}
        hint={tenantId && !isUuid(tenantId) ? t("editor.tenantForm") : t("editor.tenantHint")}
        problems={problemsOf(problems, "tenantId")}
      >
        {(attributes) => (
          <input
            {...attributes}
            className="mono"
            disabled={disabled}
            spellCheck={false}
            value={draft.tenantId}
            onChange={(event) => put({ tenantId: event.target.value })}
          />
        )}
      </Field>
      <Field label={t("editor.domain")} problems={problemsOf(problems, "domain")}>
        {(attributes) => (
          <input
            {...attributes}
            disabled={disabled}
            spellCheck={false}
            placeholder="northgate.example"
            value={draft.domain}
            onChange={(event) => put({ domain: event.target.value })}
          />
        )}
      </Field>
    </>
  );
}

export function ActivityFields({ draft, put, problems, disabled = false }: PartProps) {
  const { t, label } = useI18n();
  const options = useQuery({
    queryKey: ["activityOptions"],
    queryFn: ({ signal }) => request(ActivityOptionsDocument, {}, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const id = useId();
  const own = problemsOf(problems, "activities");
  const open = (options.data?.activityOptions ?? []).filter(({ solutionArea }) => solutionArea === draft.solutionArea);
  const toggle = (activity: Activity, on: boolean) =>
    put({ activities: on ? [...draft.activities, activity] : draft.activities.filter((one) => one !== activity) });
  return (
    <fieldset disabled={disabled} aria-describedby={own.length ? id : undefined}>
      <legend>{t("fact.activities")}</legend>
      {options.isPending && <Skeleton lines={2} />}
      {options.isError && <ErrorBox error={options.error} retry={() => void options.refetch()} />}
      {open.map((option) => (
        <label key={option.activity} className="check">
          <input
            type="checkbox"
            checked={draft.activities.includes(option.activity)}
            onChange={(event) => toggle(option.activity, event.target.checked)}
          />
          <span>
            {label("activity", option.activity)}{" "}
            <span className="quiet">{option.program ? label("program", option.program) : t("editor.noIncentive")}</span>
          </span>
        </label>
      ))}
      <div id={id}>
        <Problems problems={own} />
      </div>
    </fieldset>
  );
}

export function LineFields({ draft, put, problems }: PartProps) {
  const { t } = useI18n();
  const set = (index: number, part: Partial<DraftLine>) =>
    put({ lines: draft.lines.map((line, at) => (at === index ? { ...line, ...part } : line)) });
  return (
    <fieldset>
      <legend>{t("fact.products")}</legend>
      <ul className="product-lines">
        {draft.lines.map((line, index) => {
          const own = problemsOf(problems, "lines", index);
          return (
            <li key={`${line.productId}-${index}`}>
              <div className="product-line">
                <strong>{line.product}</strong>
                <button type="button" className="plain" onClick={() => put({ lines: draft.lines.filter((_, at) => at !== index) })}>
                  {t("proof.remove")}
                  <span className="visually-hidden"> {line.product}</span>
                </button>
              </div>
              {draft.solutionArea === "BUSINESS_APPLICATIONS" ? (
                <Field label={t("editor.subscription")} problems={own}>
                  {(attributes) => (
                    <input
                      {...attributes}
                      className="mono"
                      spellCheck={false}
                      placeholder={t("editor.subscriptionHint")}
                      value={line.subscriptionId}
                      onChange={(event) => set(index, { subscriptionId: event.target.value })}
                    />
                  )}
                </Field>
              ) : (
                <Problems problems={own} />
              )}
            </li>
          );
        })}
      </ul>
      <Problems problems={problems.filter(({ code }) => code === "PRODUCTS_REQUIRED")} />
      <ProductPicker area={draft.solutionArea} onPick={(line) => put({ lines: [...draft.lines, line] })} />
    </fieldset>
  );
}

function ProductPicker({ area, onPick }: { area: SolutionArea; onPick: (line: DraftLine) => void }) {
  const { t } = useI18n();
  const [text, setText] = useState("");
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(0);
  const id = useId();
  const wanted = useDebounced(text.trim(), 200);
  const found = useQuery({
    queryKey: ["products", area, wanted],
    enabled: open,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => request(ProductsDocument, { search: wanted || null, solutionArea: area }, { signal }),
  });
  const nodes = open ? (found.data?.products.nodes ?? []) : [];
  const pick = (index: number) => {
    const product = nodes[index];
    if (!product) return;
    onPick({ productId: product.id, product: product.name, subscriptionId: "" });
    setText("");
    setOpen(false);
    setActive(0);
  };
  return (
    <Field label={t("editor.addProduct")}>
      {(attributes) => (
        <div className="combobox">
          <input
            {...attributes}
            role="combobox"
            aria-expanded={nodes.length > 0}
            aria-controls={`${id}-list`}
            aria-autocomplete="list"
            aria-activedescendant={nodes.length ? `${id}-${active}` : undefined}
            autoComplete="off"
            placeholder={t("editor.searchProduct")}
            value={text}
            onFocus={() => setOpen(true)}
            onBlur={() => setOpen(false)}
            onChange={(event) => {
              setText(event.target.value);
              setOpen(true);
              setActive(0);
            }}
            onKeyDown={(event) => {
              if (event.key === "ArrowDown") setActive((index) => Math.min(index + 1, nodes.length - 1));
              else if (event.key === "ArrowUp") setActive((index) => Math.max(index - 1, 0));
              else if (event.key === "Enter") pick(active);
              else if (event.key === "Escape" && open) setOpen(false);
              else return;
              event.preventDefault();
            }}
          />
          <ul id={`${id}-list`} role="listbox" aria-label={t("fact.products")} className="options popup" hidden={nodes.length === 0}>
            {nodes.map((product, index) => (
              <li
                key={product.id}
                id={`${id}-${index}`}
                role="option"
                aria-selected={index === active}
                onMouseDown={(event) => {
                  event.preventDefault();
                  pick(index);
                }}
              >
                {product.name} <span className="quiet">{product.skuPartNumber}</span>
              </li>
            ))}
          </ul>
        </div>
      )}
    </Field>
  );
}

interface ContactProps {
  name: Contacts;
  value: DraftContact;
  onChange: (value: DraftContact) => void;
  problems: readonly ProblemFieldsFragment[];
}

const PARTS: (keyof DraftContact)[] = ["name", "email", "title", "phone"];

export function ContactFields({ name, value, onChange, problems }: ContactProps) {
  const { t } = useI18n();
  return (
    <fieldset>
      <legend>{t(`fact.${name}`)}</legend>
      <div className="grid">
        {PARTS.map((part) => (
          <Field key={part} label={t(`contact.${part}`)}>
            {(attributes) => (
              <input
                {...attributes}
                type={part === "email" ? "email" : part === "phone" ? "tel" : "text"}
                maxLength={200}
                value={value[part]}
                onChange={(event) => onChange({ ...value, [part]: event.target.value })}
              />
            )}
          </Field>
        ))}
      </div>
      <Problems problems={problems} />
    </fieldset>
  );
}
