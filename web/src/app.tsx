/** The routes: the first page, GraphiQL, and the console behind a sign-in. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useEffect, useMemo, useSyncExternalStore } from "react";
import { Redirect, Route, Switch, useLocation } from "wouter";
import { request } from "./api/client";
import { ViewerDocument } from "./api/generated";
import { session } from "./api/session";
import { useI18n } from "./i18n";
import { Front } from "./pages/front";
import { knownZone } from "./time";
import { faceOf, HOME, ViewerContext } from "./viewer";
import { ErrorBox, Skeleton, WithCode } from "./ui/basics";
import { useServerClock } from "./ui/clock";
import { EndedSession } from "./ui/signin";
import { Shell } from "./ui/shell";
import { Board } from "./pages/board";
import { Claims } from "./pages/claims";

const Graphiql = lazy(() => import("./pages/graphiql"));
const Editor = lazy(() => import("./pages/editor"));
const ClaimPage = lazy(() => import("./pages/claim"));
const Associations = lazy(() => import("./pages/associations"));
const Queue = lazy(() => import("./pages/queue"));
const Arbitrations = lazy(() => import("./pages/arbitrations"));
const ArbitrationPage = lazy(() => import("./pages/arbitration"));
const Reviewers = lazy(() => import("./pages/reviewers"));
const Statistics = lazy(() => import("./pages/statistics"));
const Consents = lazy(() => import("./pages/consents"));

export function App() {
  const token = useSyncExternalStore(session.subscribe, session.token);
  const person = useSyncExternalStore(session.subscribe, session.person);
  const ended = useSyncExternalStore(session.subscribe, session.hasEnded);
  const queries = useQueryClient();
  // What one person was shown is nothing that the next one may see.
  useEffect(() => {
    const forget = () => queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== "people" });
    let last = session.person();
    const stop = session.subscribe(() => {
      if (session.person() !== last) forget();
      last = session.person();
    });
    return () => void stop();
  }, [queries]);
  return (
    <>
      <Suspense fallback={<Skeleton lines={6} />}>
        <Switch>
          <Route path="/">
            <Front />
          </Route>
          <Route path="/graphiql">
            <Graphiql />
          </Route>
          <Route path="/console/*?">{token ? <Console key={person} /> : <Front />}</Route>
          <Route>
            <Redirect to="/" />
          </Route>
        </Switch>
      </Suspense>
      {ended && <EndedSession />}
    </>
  );
}

function Console() {
  const { t } = useI18n();
  const [location] = useLocation();
  const viewer = useQuery({
    queryKey: ["viewer"],
    queryFn: ({ signal }) => request(ViewerDocument, {}, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const hasClock = useServerClock();
  const known = useMemo(() => {
    if (!viewer.data) return null;
    const { viewer: self, calendar, uploadLimits } = viewer.data;
    return { ...self, uploadLimits, calendar: { ...calendar, timeZone: knownZone(calendar.timeZone) } };
  }, [viewer.data]);
  if (viewer.isPending || (viewer.isSuccess && !hasClock)) return <Skeleton lines={6} />;
  if (viewer.isError) {
    return (
      <main className="page">
        <h1>{t("signin.title")}</h1>
        <ErrorBox error={viewer.error} retry={() => void viewer.refetch()} />
        <p>
          <a href="/">{t("nav.start")}</a>
        </p>
      </main>
    );
  }
  const face = faceOf(viewer.data.viewer.roles);
  return (
    <ViewerContext value={known}>
      <Shell>
        <Suspense fallback={<Skeleton lines={6} />}>
          <Switch location={location}>
            <Route path="/console/claims">
              <Claims />
            </Route>
            <Route path="/console/claims/:id">{({ id }) => <ClaimPage key={id} id={id} />}</Route>
            {face === "partner" && (
              <Route path="/console/board">
                <Board />
              </Route>
            )}
            {face === "partner" && <Route path="/console/new/:id?">{({ id }) => <Editor id={id} />}</Route>}
            {face === "partner" && (
              <Route path="/console/associations">
                <Associations />
              </Route>
            )}
            {face === "vendor" && (
              <Route path="/console/queue">
                <Queue />
              </Route>
            )}
            {face === "vendor" && (
              <Route path="/console/reviewers">
                <Reviewers />
              </Route>
            )}
            <Route path="/console/arbitrations">
              <Arbitrations />
            </Route>
            <Route path="/console/arbitrations/:id">{({ id }) => <ArbitrationPage key={id} id={id} />}</Route>
            <Route path="/console/statistics">
              <Statistics />
            </Route>
            {face === "customer" && (
              <Route path="/console/consents">
                <Consents />
              </Route>
            )}
            {face === "directory" && (
              <Route path="/console/directory">
                <main className="page" id="main" tabIndex={-1}>
                  <h1>{t("directory.title")}</h1>
                  <p>
                    <WithCode text={t("directory.text")} />
                  </p>
                </main>
              </Route>
            )}
            <Route>
              <Redirect to={HOME[face]} />
            </Route>
          </Switch>
        </Suspense>
      </Shell>
    </ViewerContext>
  );
}
