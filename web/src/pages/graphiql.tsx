/**
 * GraphiQL with the token of the one who is signed in and example queries for their role. It is a chunk of its own and
 * loads nothing from elsewhere. Version 4 is the last one whose editor obeys a content security policy without
 * `unsafe-inline`: the editor of version 5 writes style attributes into its markup.
 */
import { createGraphiQLFetcher, type Fetcher, type FetcherOpts } from "@graphiql/toolkit";
import { useQuery } from "@tanstack/react-query";
import { GraphiQL } from "graphiql";
import "graphiql/graphiql.css";
import { createClient } from "graphql-ws";
import { useEffect, useMemo, useSyncExternalStore } from "react";
import { Link } from "wouter";
import { headers, request } from "../api/client";
import { ViewerDocument } from "../api/generated";
import { session } from "../api/session";
import { operationOf, savedExamples } from "../graphiql-examples";
import { useI18n } from "../i18n";
import { useTitle } from "../ui/basics";
import { LanguageSelect, signInAs, TokenForm, useCompany, useCurrentPerson, usePeople } from "../ui/signin";
import { faceOf } from "../viewer";

/** What GraphiQL remembers stays in this tab, and each person has their own. */
function storageOf(owner: string): Storage {
  const prefix = `graphiql.${owner}.`;
  const keys = () => Object.keys(sessionStorage).filter((key) => key.startsWith(prefix));
  return {
    getItem: (key) => sessionStorage.getItem(prefix + key),
    setItem: (key, value) => sessionStorage.setItem(prefix + key, value),
    removeItem: (key) => sessionStorage.removeItem(prefix + key),
    clear: () => keys().forEach((key) => sessionStorage.removeItem(key)),
    key: (index) => keys()[index] ?? null,
    get length() {
      return keys().length;
    },
  };
}

export default function GraphiqlPage() {
  const { t } = useI18n();
  const token = useSyncExternalStore(session.subscribe, session.token);
  const { data: people = [] } = usePeople();
  const current = useCurrentPerson();
  const company = useCompany();
  useTitle("GraphiQL");
  return (
    <div className="graphiql-page">
      <header className="bar">
        <Link href="/" className="brand">
          <img src="/icon.svg" alt="" width="24" height="24" /> cpor
        </Link>
        <Link href="/console">{t("graphiql.console")}</Link>
        {people.length > 0 && (
          <select
            className="who"
            aria-label={t("who.switch")}
            value={current?.key ?? ""}
            onChange={(event) => {
              const next = people.find((person) => person.key === event.target.value);
              if (next) signInAs(next);
            }}
          >
            {!current && <option value="">{t("choose")}</option>}
            {people.map((person) => (
              <option key={person.key} value={person.key}>
                {person.name}, {company(person)}
              </option>
            ))}
          </select>
        )}
        <LanguageSelect />
      </header>
      <main id="main">
        {token ? (
          <Playground key={token} owner={current?.key ?? "token"} isDemo={people.length > 0} />
        ) : (
          <div className="page">
            <h1>{t("signin.title")}</h1>
            <TokenForm onSignIn={() => {}} />
          </div>
        )}
      </main>
    </div>
  );
}

function Playground({ owner, isDemo }: { owner: string; isDemo: boolean }) {
  const viewer = useQuery({
    queryKey: ["viewer"],
    queryFn: ({ signal }) => request(ViewerDocument, {}, { signal }),
  });
  const client = useMemo(
    () =>
      createClient({
        url: `${location.origin.replace(/^http/, "ws")}/graphql`,
        lazy: true,
        connectionParams: () => ({ Authorization: `Bearer ${session.token() ?? ""}` }),
      }),
    [],
  );
  useEffect(() => () => void client.dispose(), [client]);
  const fetcher = useMemo<Fetcher>(() => {
    const send = createGraphiQLFetcher({
      url: "/graphql",
      wsClient: client as never,
      // The token is added to every request, so the headers of GraphiQL stay free for others.
      fetch: (input: RequestInfo | URL, init?: RequestInit) =>
      fetch(input, { ...init, headers: { ...headers(), ...(init?.headers as Record<string, string>), accept: "application/json" } }),
    });
    return (parameters, options) => {
      const [documentAST, operationName] = operationOf(parameters.query, parameters.operationName);
      return send({ ...parameters, operationName }, { ...options, documentAST } as FetcherOpts);
    };
  }, [client]);
  const storage = useMemo(() => storageOf(owner), [owner]);
  if (viewer.isPending) return null;
  const face = viewer.data ? faceOf(viewer.data.viewer.roles) : "partner";
  const tabs = savedExamples(face, isDemo);
  return (
    <GraphiQL
      fetcher={fetcher}
      storage={storage}
      defaultTabs={tabs}
      defaultQuery={tabs[0]?.query ?? ""}
      shouldPersistHeaders={false}
    />
  );
}
