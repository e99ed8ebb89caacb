/** The first page: what this is, the people to sign in as, the sandbox's clock, and guided examples. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useLocation } from "wouter";
import { request } from "../api/client";
import { clock } from "../api/clock";
import type { Person } from "../api/demo";
import {
  AdvanceClockDocument,
  ArbitrationsDocument,
  ClaimsDocument,
  RecentHistoryDocument,
  type RecentHistoryQuery,
} from "../api/generated";
import { useI18n, type MessageKey } from "../i18n";
import { day } from "../time";
import { Icon, Skeleton, ErrorBox, useTitle } from "../ui/basics";
import { LanguageSelect, signInAs, TokenForm, useCompany, useCurrentPerson, usePeople } from "../ui/signin";

export function Front() {
  const { t } = useI18n();
  const [location, navigate] = useLocation();
  const people = usePeople();
  const current = useCurrentPerson();
  const company = useCompany();
  useTitle(t("front.title"));
  const enter = (person: Person, path: string) => {
    signInAs(person);
    navigate(path);
  };
  if (people.isPending) return <Skeleton lines={6} />;
  const all = people.data ?? [];
  return (
    <div className="front">
      <header className="bar">
        <span className="brand">
          <img src="/icon.svg" alt="" width="24" height="24" /> cpor
        </span>
        {current && (
          <span className="who-name">
            {t("front.current", { name: current.name, company: company(current) })}{" "}
            <button type="button" className="plain link" onClick={() => navigate("/console")}>
              {t("front.open")}
            </button>
          </span>
        )}
        <LanguageSelect />
      </header>
      <main className="page" id="main">
        <h1>{t("front.title")}</h1>
        <p className="lead">
          {t("front.what")} {t("front.first")} {t("front.data")}
        </p>
        {all.length === 0 ? (
          <section className="card signin">
            <h2>{t("signin.title")}</h2>
            <TokenForm onSignIn={() => location === "/" && navigate("/console")} />
          </section>
        ) : (
          <>
            <ClockPanel people={all} />
            <section>
              <h2>{t("examples.title")}</h2>
              <Examples people={all} enter={enter} />
            </section>
            <section>
              <h2>{t("people.title")}</h2>
              <ul className="people">
                {all.map((person) => (
                  <PersonCard key={person.key} person={person} isCurrent={person === current} enter={enter} />
                ))}
              </ul>
            </section>
          </>
        )}
      </main>
    </div>
  );
}

interface Enter {
  enter: (person: Person, path: string) => void;
}

function PersonCard({ person, isCurrent, enter }: { person: Person; isCurrent: boolean } & Enter) {
  const { t, label } = useI18n();
  const company = useCompany();
  return (
    <li className={isCurrent ? "card person current" : "card person"}>
      <h3>{person.name}</h3>
      <p className="quiet">
        {label("role", person.role)} · {company(person)}
      </p>
      <p>{label("may", person.role)}</p>
      <p className="buttons">
        <button type="button" className="primary" onClick={() => enter(person, "/console")}>
          {t("people.signin")}
          <span className="visually-hidden"> {person.name}</span>
        </button>
        <button type="button" onClick={() => enter(person, "/graphiql")}>
          <Icon name="code" /> GraphiQL
          <span className="visually-hidden"> {person.name}</span>
        </button>
      </p>
    </li>
  );
}

/** What the clock is moved by: an ISO 8601 duration and its label. Five business days are seven calendar days. */
const MOVES: [string, MessageKey][] = [
  ["P1D", "clock.day"],
  ["P7D", "clock.week"],
  ["P30D", "clock.month"],
];

function ClockPanel({ people }: { people: Person[] }) {
  const { t, label, language } = useI18n();
  const queries = useQueryClient();
  const [moved, setMoved] = useState<RecentHistoryQuery["history"] | null>(null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  // An auditor reads the history of every claim, so what happened can be shown before anybody has signed in.
  const reader = people.find((person) => person.role === "AUDITOR") ?? people[0];
  const now = useQuery({
    queryKey: ["now"],
    queryFn: async ({ signal }) => {
      const options = { signal, ...(reader ? { token: reader.token } : {}) };
      const { advanceClock } = await request(AdvanceClockDocument, { by: "PT0S" }, options);
      clock.set(advanceClock.now);
      return advanceClock.now;
    },
  });
  const advance = async (by: string) => {
    if (!reader || !now.data) return;
    setBusy(true);
    setError(null);
    try {
      const options = { token: reader.token };
      const before = new Date(clock.now()).toISOString();
      await request(AdvanceClockDocument, { by }, options);
      const { history } = await request(RecentHistoryDocument, { from: before }, options);
      setMoved(history);
      await queries.invalidateQueries();
    } catch (problem) {
      setError(problem);
    } finally {
      setBusy(false);
    }
  };
  return (
    <section className="card clock" aria-label={t("clock.title")}>
      <p>
        <Icon name="clock" /> {now.data ? t("clock.now", { day: day(now.data, language, "UTC") }) : t("loading")}
      </p>
      <p className="buttons">
        {MOVES.map(([by, key]) => (
          <button key={by} type="button" disabled={busy || !now.data} onClick={() => void advance(by)}>
            {t(key)}
          </button>
        ))}
      </p>
      <div role="status">
        {moved && <p>{t("clock.happened", { count: moved.totalCount })}</p>}
        {moved && moved.nodes.length > 0 && (
          <ul className="happened">
            {moved.nodes.map((entry) => (
              <li key={entry.id}>
                <span className="number">{entry.claim.number}</span> {entry.claim.name}: {label("action", entry.action)}
              </li>
            ))}
          </ul>
        )}
      </div>
      {error !== null && <ErrorBox error={error} />}
    </section>
  );
}

function Examples({ people, enter }: { people: Person[] } & Enter) {
  const { t } = useI18n();
  const as = (key: string) => people.find((person) => person.key === key);
  const [error, setError] = useState<unknown>(null);
  const partner = as("INCENTIVES_ADMIN");
  const reviewer = as("REVIEWER");
  const lead = as("REVIEW_LEAD");
  const customer = as("CUSTOMER_ADMIN");

  const open = (person: Person | undefined, path: (token: string) => Promise<string>) => () => {
    if (!person) return;
    path(person.token).then((address) => enter(person, address), setError);
  };
  const examples: [MessageKey, MessageKey, () => void][] = [
    ["examples.six", "examples.sixText", open(partner, async () => "/console/new?example=six")],
    [
      "examples.approve",
      "examples.approveText",
      open(reviewer, async (token) => {
        const filter = { status: ["UNDER_REVIEW" as const], assignedToMe: true, inArbitration: false };
        const { claims } = await request(ClaimsDocument, { first: 20, filter }, { token });
        const claim = claims.nodes.find(({ availableActions }) => availableActions.includes("APPROVE"));
        return claim ? `/console/claims/${claim.id}` : "/console/queue";
      }),
    ],
    [
      "examples.arbitration",
      "examples.arbitrationText",
      open(lead, async (token) => {
        const { arbitrations } = await request(ArbitrationsDocument, { status: "OPEN" }, { token });
        const first = arbitrations.nodes[0];
        return first ? `/console/arbitrations/${first.id}` : "/console/arbitrations";
      }),
    ],
    ["examples.consent", "examples.consentText", open(customer, async () => "/console/consents")],
  ];
  return (
    <>
      <ul className="examples">
        {examples.map(([title, text, onClick]) => (
          <li key={title}>
            <button type="button" className="example card" onClick={onClick}>
              <strong>{t(title)}</strong>
              <span>{t(text)}</span>
            </button>
          </li>
        ))}
      </ul>
      {error !== null && <ErrorBox error={error} />}
    </>
  );
}
