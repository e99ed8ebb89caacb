/**
 * A new claim, or a claim that is edited: sections that unfold, with the problems of eligibility as one types. A draft saves
 * itself; after submission a change is saved by a button, for each one is an entry of the history.
 */
import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useId, useMemo, useRef, useState, type ReactNode } from "react";
import { Link, useLocation, useSearch } from "wouter";
import { newKey, request } from "../api/client";
import {
  ClaimByIdDocument,
  CreateClaimDocument,
  EligibilityDocument,
  UpdateClaimDocument,
  type ClaimFactsFragment,
  type ProblemFieldsFragment,
  type SolutionArea,
} from "../api/generated";
import {
  allProblems,
  canCreate,
  changes,
  CONTACTS,
  createInput,
  EMPTY,
  fromClaim,
  isFixed,
  isUuid,
  problemsOf,
  sectionOf,
  type Draft,
  type DraftContact,
  type DraftLine,
  type Section,
} from "../draft";
import { sixProblems } from "../examples";
import { useI18n } from "../i18n";
import { merge, type Conflict } from "../merge";
import { ActionDialog, Actions } from "../ui/actions";
import { Dialog, Empty, ErrorBox, Field, Icon, Problems, Skeleton, Status, useTitle } from "../ui/basics";
import { Reason } from "../ui/closed";
import { DropZone, Proof, useUploads } from "../ui/proof";
import { useDebounced } from "../ui/shell";
import { useViewer } from "../viewer";
import { ActivityFields, ContactFields, CustomerFields, LineFields } from "./editor-fields";

const AREAS: SolutionArea[] = ["BUSINESS_APPLICATIONS", "MICROSOFT_365"];

/** How long one has stopped typing before the draft is checked, and before it is saved. */
const CHECK_AFTER = 350;
const SAVE_AFTER = 900;

export default function Editor({ id }: { id: string | undefined }) {
  const { t } = useI18n();
  const search = useSearch();
  const example = new URLSearchParams(search).get("example") === "six";
  // The id of a draft that this form itself made is in the address, but the form goes on with what it holds.
  const [made, setMade] = useState<string | undefined>();
  const start = useQuery({
    queryKey: ["editor", id ?? "new", example],
    enabled: id === undefined || id !== made,
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async ({ signal }) => {
      if (!id) return { claim: null, draft: example ? await sixProblems() : EMPTY };
      const { claim } = await request(ClaimByIdDocument, { id }, { signal });
      return claim ? { claim, draft: fromClaim(claim) } : null;
    },
  });
  const [form, setForm] = useState<{ key: string; claim: ClaimFactsFragment | null; draft: Draft } | null>(null);
  const key = id ?? "new";
  useEffect(() => {
    if (start.data && (id === undefined || id !== made)) setForm({ key, ...start.data });
  }, [start.data, key, id, made]);
  if (start.isError) return <ErrorBox error={start.error} retry={() => void start.refetch()} />;
  if (start.data === null) return <Empty title={t("claim.missing")} hint={t("claim.missingHint")} />;
  if (!form) return <Skeleton lines={8} />;
  return <Form key={form.key} claim={form.claim} start={form.draft} onMade={setMade} />;
}

type Saving = "idle" | "saving" | "saved" | "failed";

interface FormProps {
  claim: ClaimFactsFragment | null;
  start: Draft;
  onMade: (id: string) => void;
}

function Form({ claim: opened, start, onMade }: FormProps) {
  const { t, label } = useI18n();
  const viewer = useViewer();
  const queries = useQueryClient();
  const [, navigate] = useLocation();
  const [draft, setDraft] = useState<Draft>(start);
  const [saved, setSaved] = useState<ClaimFactsFragment | null>(opened);
  const [base, setBase] = useState<Draft>(start);
  const [saving, setSaving] = useState<Saving>("idle");
  const [refused, setRefused] = useState<readonly ProblemFieldsFragment[]>([]);
  const [error, setError] = useState<unknown>(null);
  const [conflicts, setConflicts] = useState<Conflict[]>([]);
  const [submitting, setSubmitting] = useState(false);
  const isDraft = !isFixed(saved?.status);
  const fixed = !isDraft;
  useTitle(saved ? saved.name : t("nav.new"));
  const put = useCallback((part: Partial<Draft>) => setDraft((all) => ({ ...all, ...part })), []);
  const uploads = useUploads(saved?.id);

  // Uploads and other windows change the claim; its newest version is what the next change must name.
  const fresh = useQuery({
    queryKey: ["claim", saved?.id ?? ""],
    enabled: saved !== null,
    queryFn: ({ signal }) => request(ClaimByIdDocument, { id: saved?.id ?? "" }, { signal }),
  });
  const server = fresh.data?.claim;
  useEffect(() => {
    if (server && saved && server.id === saved.id && server.version > saved.version && saving !== "saving") {
      const theirs = fromClaim(server);
      const result = merge(base, draft, { ...theirs, tenantId: theirs.tenantId, domain: base.domain });
      setDraft(result.merged);
      setConflicts(result.conflicts);
      setBase(theirs);
      setSaved(server);
    }
  }, [server, saved, saving, base, draft]);

  const checked = useDebounced(draft, CHECK_AFTER);
  const canCheck = isUuid(checked.tenantId) && checked.domain.trim() !== "";
  const eligibility = useQuery({
    queryKey: ["eligibility", checked.mpnId, checked.tenantId, checked.domain, checked.solutionArea, checked.activities, checked.lines],
    enabled: canCheck && isDraft,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) =>
      request(
        EligibilityDocument,
        {
          input: {
            mpnId: checked.mpnId,
            tenantId: checked.tenantId.trim(),
            domain: checked.domain.trim(),
            solutionArea: checked.solutionArea,
            activities: checked.activities,
            lines: checked.lines.map(({ productId, subscriptionId }) => ({ productId, subscriptionId: subscriptionId.trim() || null })),
          },
        },
        { signal },
      ),
  });
  const found = isDraft ? eligibility.data?.claimEligibility : undefined;
  const problems = useMemo(
    () => [...allProblems(found?.problems, saved?.problems ?? []), ...refused.filter(({ code }) => code === "INVALID_VALUE")],
    [found, saved, refused],
  );

  const save = useCallback(async () => {
    setError(null);
    try {
      if (!saved) {
        if (!canCreate(draft)) return;
        setSaving("saving");
        const { createClaim } = await request(CreateClaimDocument, { input: { ...createInput(draft), idempotencyKey: newKey() } });
        if (!createClaim.claim) {
          setRefused(createClaim.problems);
          setSaving("failed");
          return;
        }
        setRefused([]);
        setSaved(createClaim.claim);
        setBase(draft);
        onMade(createClaim.claim.id);
        navigate(`/console/new/${createClaim.claim.id}`, { replace: true });
      } else {
        const changed = changes(saved, draft);
        if (!changed) return;
        setSaving("saving");
        const input = { claimId: saved.id, expectedVersion: saved.version, idempotencyKey: newKey(), ...changed };
        const { updateClaim } = await request(UpdateClaimDocument, { input });
        if (!updateClaim.claim) {
          setRefused(updateClaim.problems);
          setSaving("failed");
          // The newest version is read; what both sides changed is then merged above.
          if (updateClaim.problems.some(({ code }) => code === "VERSION_CONFLICT")) await fresh.refetch();
          return;
        }
        setRefused([]);
        setSaved(updateClaim.claim);
        setBase(draft);
        queries.setQueryData(["claim", saved.id], { claim: updateClaim.claim });
      }
      setSaving("saved");
      await queries.invalidateQueries({ queryKey: ["claims"] });
    } catch (caught) {
      setError(caught);
      setSaving("failed");
    }
  }, [draft, saved, fresh, navigate, onMade, queries]);

  // The draft saves itself once one has stopped typing. What was refused waits for the next change.
  const settled = useDebounced(draft, SAVE_AFTER);
  const attempt = useRef<string>("");
  useEffect(() => {
    if (!isDraft || saving === "saving" || settled !== draft || conflicts.length) return;
    const signature = JSON.stringify([draft, saved?.version]);
    if (attempt.current === signature) return;
    attempt.current = signature;
    void save();
  }, [settled, draft, saved, isDraft, saving, conflicts, save]);

  const count = (section: Section) => problems.filter((problem) => sectionOf(problem) === section).length;
  const locations = viewer.partner?.locations ?? [];
  const missing = [...new Set(problems.map(({ code }) => code))];
  const unsaved = saved ? changes(saved, draft) !== null : true;
  const canSubmit = saved?.availableActions.includes("SUBMIT") ?? false;
  const isClosed = saved?.unavailableActions.some(({ action }) => action === "SUBMIT") ?? false;
  const submitReason = useId();
  return (
    <DropZone enabled={saved?.availableActions.includes("ATTACH_PROOF") ?? false} onFiles={(files) => void uploads.add(files)}>
      <main className="page editor" id="main" tabIndex={-1}>
        <header className="page-head">
          <h1>{saved ? (fixed ? t("editor.edit", { number: saved.number }) : t("editor.draft", { number: saved.number })) : t("nav.new")}</h1>
          <p>
            {saved && <Status status={saved.status} />}{" "}
            <span role="status" className="quiet">
              {saving === "saving" && t("editor.saving")}
              {saving === "saved" && !unsaved && t("editor.saved")}
              {!saved && saving === "idle" && t("editor.notYet")}
              {saving === "failed" && t("editor.failed")}
            </span>
          </p>
        </header>
        {error !== null && <ErrorBox error={error} retry={() => void save()} />}
        <div role="alert">
          <Problems problems={refused.filter(({ code }) => code !== "VERSION_CONFLICT" && code !== "INVALID_VALUE" && code !== "DOMAIN_TENANT_MISMATCH" && code !== "LOCATION_NOT_YOURS")} />
        </div>
        <Field label={t("editor.name")} problems={problemsOf(problems, "name")} hint={t("editor.nameHint")}>
          {(attributes) => <input {...attributes} maxLength={200} value={draft.name} onChange={(event) => put({ name: event.target.value })} />}
        </Field>
        <Field label={t("optional", { label: t("fact.reference") })} problems={problemsOf(problems, "externalReference")}>
          {(attributes) => (
            <input {...attributes} maxLength={200} value={draft.externalReference} onChange={(event) => put({ externalReference: event.target.value })} />
          )}
        </Field>

        <FormSection name="customer" problems={count("customer")}>
          <CustomerFields draft={draft} put={put} problems={problems} disabled={fixed} />
        </FormSection>

        <FormSection name="what" problems={count("what")}>
          <fieldset disabled={fixed}>
            <legend>{t("fact.area")}</legend>
            {AREAS.map((area) => (
              <label key={area} className="check">
                <input
                  type="radio"
                  name="area"
                  checked={draft.solutionArea === area}
                  onChange={() => put({ solutionArea: area, activities: area === "MICROSOFT_365" ? ["USAGE"] : [], lines: [] })}
                />
                {label("area", area)}
              </label>
            ))}
          </fieldset>
          <ActivityFields draft={draft} put={put} problems={problems} disabled={fixed} />
          <LineFields draft={draft} put={put} problems={problems} />
          {found && found.programs.length > 0 && (
            <p className="quiet">
              {t("fact.programs")}: {found.programs.map((program) => label("program", program)).join(", ")}
            </p>
          )}
          {found && found.subscriptions.length > 0 && (
            <ul className="quiet" aria-label={t("editor.subscriptions")}>
              {found.subscriptions.map((subscription) => (
                <li key={subscription.id}>
                  {subscription.product.name}: {subscription.subscriptionId} · {label("channel", subscription.channel)}
                </li>
              ))}
            </ul>
          )}
          {draft.activities.includes("REVENUE_ASSOCIATION") && (
            <>
              <Field label={t("fact.seller")} problems={problemsOf(problems, "solutionSeller")}>
                {(attributes) => (
                  <input {...attributes} disabled={fixed} maxLength={200} value={draft.solutionSeller} onChange={(event) => put({ solutionSeller: event.target.value })} />
                )}
              </Field>
              <Field label={t("fact.solution")} problems={problemsOf(problems, "partnerSolution")}>
                {(attributes) => (
                  <input {...attributes} disabled={fixed} maxLength={200} value={draft.partnerSolution} onChange={(event) => put({ partnerSolution: event.target.value })} />
                )}
              </Field>
            </>
          )}
        </FormSection>

        <FormSection name="where" problems={count("where")}>
          <Field label={t("fact.location")} problems={problemsOf(problems, "mpnId")}>
            {(attributes) => (
              <select {...attributes} value={draft.mpnId} onChange={(event) => put({ mpnId: event.target.value })}>
                <option value="">{t("choose")}</option>
                {locations.map((location) => (
                  <option key={location.id} value={location.mpnId}>
                    {location.name}, {location.mpnId} (
                    {location.enrolledPrograms.length
                      ? location.enrolledPrograms.map((program) => label("program", program)).join(", ")
                      : t("editor.notEnrolled")}
                    )
                  </option>
                ))}
              </select>
            )}
          </Field>
        </FormSection>

        <FormSection name="contacts" problems={count("contacts")}>
          {CONTACTS.filter((contact) => contact !== "technicalContact" || draft.solutionArea === "BUSINESS_APPLICATIONS").map((contact) => (
            <ContactFields
              key={contact}
              name={contact}
              value={draft[contact]}
              onChange={(value) => put({ [contact]: value })}
              problems={problems.filter(({ field }) => field?.includes(contact))}
            />
          ))}
        </FormSection>

        <FormSection name="proof" problems={count("proof")}>
          <Problems problems={problems.filter((problem) => sectionOf(problem) === "proof")} />
          {saved ? <Proof claim={saved} uploads={uploads} /> : <p className="quiet">{t("editor.proofLater")}</p>}
        </FormSection>

        <footer className="submit-bar">
          <p role="status">
            {problems.length > 0
              ? `${t("claim.problems", { count: problems.length })} ${missing.length > 3 ? "" : missing.join(", ")}`
              : canCheck || fixed
                ? t("editor.ready")
                : t("editor.notYet")}
          </p>
          <div className="buttons">
            {fixed ? (
              <>
                <button type="button" className="primary" disabled={!unsaved || saving === "saving"} onClick={() => void save()}>
                  {t("save")}
                </button>
                <Link className="button" href={`/console/claims/${saved?.id ?? ""}`}>
                  {t("editor.back")}
                </Link>
              </>
            ) : (
              <>
                <button
                  type="button"
                  className="primary"
                  disabled={saved !== null && !canSubmit}
                  aria-disabled={problems.length > 0 || unsaved}
                  {...(isClosed ? { "aria-describedby": submitReason } : {})}
                  onClick={() => {
                    if (saved && problems.length === 0 && !unsaved) setSubmitting(true);
                    else focusFirstProblem();
                  }}
                >
                  {label("do", "SUBMIT")}
                </button>
                {saved && <Reason claim={saved} action="SUBMIT" id={submitReason} />}
                {saved && <Actions claim={saved} without={["SUBMIT"]} />}
              </>
            )}
          </div>
        </footer>
        {saved && submitting && (
          <ActionDialog
            action="SUBMIT"
            claim={saved}
            onClose={() => {
              setSubmitting(false);
              void request(ClaimByIdDocument, { id: saved.id }).then(({ claim }) => {
                if (claim && claim.status !== "EDITING") navigate(`/console/claims/${saved.id}`);
              });
            }}
          />
        )}
        {conflicts.length > 0 && (
          <MergeDialog
            conflicts={conflicts}
            onTake={(field, value) => {
              put({ [field]: value } as Partial<Draft>);
              setConflicts((all) => all.filter((conflict) => conflict.field !== field));
            }}
          />
        )}
      </main>
    </DropZone>
  );
}

/** Leads to what is missing: the first input with a problem, else the first empty one. */
function focusFirstProblem() {
  for (const details of document.querySelectorAll<HTMLDetailsElement>(".editor details")) details.open = true;
  const target =
    document.querySelector<HTMLElement>(".editor [aria-invalid='true']") ??
    document.querySelector<HTMLElement>(".editor .problems") ??
    document.querySelector<HTMLElement>(".editor input");
  target?.scrollIntoView({ block: "center" });
  target?.focus();
}

function MergeDialog({ conflicts, onTake }: { conflicts: Conflict[]; onTake: (field: string, value: unknown) => void }) {
  const { t, label } = useI18n();
  const show = (value: unknown) => {
    if (typeof value === "string") return value || "–";
    if (Array.isArray(value)) return value.map((one) => (typeof one === "string" ? one : (one as DraftLine).product)).join(", ") || "–";
    const contact = value as DraftContact;
    return `${contact.name} ${contact.email}`.trim() || "–";
  };
  return (
    <Dialog title={t("conflict.title")} onClose={() => conflicts.forEach((conflict) => onTake(conflict.field, conflict.mine))}>
      <p>{t("conflict.text")}</p>
      <table>
        <thead>
          <tr>
            <th>{t("conflict.field")}</th>
            <th>{t("conflict.mine")}</th>
            <th>{t("conflict.theirs")}</th>
          </tr>
        </thead>
        <tbody>
          {conflicts.map((conflict) => (
            <tr key={conflict.field}>
              <th scope="row">{label("field", conflict.field)}</th>
              <td>
                <p>{show(conflict.mine)}</p>
                <button type="button" onClick={() => onTake(conflict.field, conflict.mine)}>
                  {t("conflict.takeMine")}
                </button>
              </td>
              <td>
                <p>{show(conflict.theirs)}</p>
                <button type="button" onClick={() => onTake(conflict.field, conflict.theirs)}>
                  {t("conflict.takeTheirs")}
                </button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Dialog>
  );
}

function FormSection({ name, problems, children }: { name: Section; problems: number; children: ReactNode }) {
  const { t } = useI18n();
  return (
    <details className="card section" open>
      <summary>
        <h2>{t(`section.${name}`)}</h2>
        {problems > 0 && (
          <span className="badge bad">
            <Icon name="asked" /> {t("section.problems", { count: problems })}
          </span>
        )}
      </summary>
      {children}
    </details>
  );
}
