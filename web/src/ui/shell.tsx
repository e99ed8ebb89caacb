/** The frame of the console: navigation by role, search, who one is, live changes as toasts, and the list of keys. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useId, useRef, useState, useSyncExternalStore, type ReactNode } from "react";
import { Link, useLocation } from "wouter";
import { request } from "../api/client";
import { clock } from "../api/clock";
import { ClaimsDocument } from "../api/generated";
import { watch, type Connection } from "../api/live";
import { session } from "../api/session";
import { useI18n, type MessageKey } from "../i18n";
import { faceOf, HOME, useViewer, type Face } from "../viewer";
import { Dialog, Icon, Status, useKeys, type IconName } from "./basics";
import { CLOCK } from "./clock";
import { LanguageSelect, signInAs, useCompany, useCurrentPerson, usePeople } from "./signin";

const NAVIGATION: Record<Face, [string, MessageKey, IconName][]> = {
  partner: [
    ["/console/board", "nav.board", "board"],
    ["/console/claims", "nav.claims", "list"],
    ["/console/new", "nav.new", "plus"],
    ["/console/associations", "nav.associations", "link"],
    ["/console/arbitrations", "nav.arbitrations", "scale"],
    ["/console/statistics", "nav.statistics", "chart"],
  ],
  vendor: [
    ["/console/queue", "nav.queue", "clock"],
    ["/console/claims", "nav.claims", "list"],
    ["/console/arbitrations", "nav.arbitrations", "scale"],
    ["/console/reviewers", "nav.reviewers", "person"],
    ["/console/statistics", "nav.statistics", "chart"],
  ],
  customer: [["/console/consents", "nav.consents", "list"]],
  directory: [],
};

interface Toast {
  id: string;
  text: string;
  href: string;
}

export function Shell({ children }: { children: ReactNode }) {
  const { t } = useI18n();
  const viewer = useViewer();
  const face = faceOf(viewer.roles);
  const [location, navigate] = useLocation();
  const [searching, setSearching] = useState(false);
  const [help, setHelp] = useState(false);
  const { connection, toasts, dismiss } = useLive();
  const demo = useCurrentPerson() !== undefined;
  const canSearch = face !== "customer" && face !== "directory";
  useKeys({
    "/": (event) => {
      event.preventDefault();
      if (canSearch) setSearching(true);
    },
    "?": () => setHelp(true),
    c: () => face === "partner" && navigate("/console/new"),
  });
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (canSearch && (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
        event.preventDefault();
        setSearching(true);
      }
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [canSearch]);
  return (
    <div className="shell">
      <a className="skip" href="#main">
        {t("skip")}
      </a>
      <header className="bar">
        <Link href={HOME[face]} className="brand">
          <img src="/icon.svg" alt="" width="24" height="24" /> cpor
        </Link>
        {canSearch && (
          <button type="button" className="search-button" onClick={() => setSearching(true)}>
            <Icon name="search" /> <span>{t("search.open")}</span> <kbd>/</kbd>
          </button>
        )}
        {face !== "directory" && (
          <span className={`connection connection-${connection}`} role="status">
            {t(`connection.${connection}`)}
          </span>
        )}
        <Who />
        <LanguageSelect />
        <button type="button" className="plain keys-button" onClick={() => setHelp(true)} aria-label={t("keys.title")}>
          ?
        </button>
      </header>
      <nav className="side" aria-label={t("nav.label")}>
        <ul>
          {NAVIGATION[face].map(([href, key, icon]) => (
            <li key={href}>
              <Link href={href} aria-current={location === href ? "page" : undefined}>
                <Icon name={icon} /> <span>{t(key)}</span>
              </Link>
            </li>
          ))}
          <li className="side-end">
            <Link href="/graphiql">
              <Icon name="code" /> <span>GraphiQL</span>
            </Link>
          </li>
          {demo && (
            <li>
              <Link href="/">
                <Icon name="person" /> <span>{t("nav.start")}</span>
              </Link>
            </li>
          )}
        </ul>
      </nav>
      <div className="content">{children}</div>
      <div className="toasts" role="log" aria-live="polite" aria-label={t("toasts.label")}>
        {toasts.map((toast) => (
          <div key={toast.id} className="toast">
            <Link href={toast.href} onClick={() => dismiss(toast.id)}>
              {toast.text}
            </Link>
            <button type="button" className="plain" aria-label={t("close")} onClick={() => dismiss(toast.id)}>
              <Icon name="close" />
            </button>
          </div>
        ))}
      </div>
      {searching && <Search onClose={() => setSearching(false)} />}
      {help && <Keys face={face} onClose={() => setHelp(false)} />}
    </div>
  );
}

function Who() {
  const { t } = useI18n();
  const viewer = useViewer();
  const { data: people = [] } = usePeople();
  const current = useCurrentPerson();
  const [, navigate] = useLocation();
  const company = useCompany();
  const own = viewer.partner?.name ?? viewer.customer?.name ?? (current && company(current));
  if (people.length > 0) {
    return (
      <select
        className="who"
        aria-label={t("who.switch")}
        value={current?.key ?? ""}
        onChange={(event) => {
          const next = people.find((person) => person.key === event.target.value);
          if (!next) return;
          navigate("/console");
          signInAs(next);
        }}
      >
        {!current && <option value="">{viewer.name ?? viewer.subject}</option>}
        {people.map((person) => (
          <option key={person.key} value={person.key}>
            {person.name}, {company(person)}
          </option>
        ))}
      </select>
    );
  }
  return (
    <span className="who-name">
      {viewer.name ?? viewer.subject}
      {own ? `, ${own}` : ""}
      <button
        type="button"
        className="plain"
        onClick={() => {
          session.signOut();
          navigate("/");
        }}
      >
        {t("who.out")}
      </button>
    </span>
  );
}

function useLive() {
  const { t, label } = useI18n();
  const viewer = useViewer();
  const queries = useQueryClient();
  const [connection, setConnection] = useState<Connection>("connecting");
  const [toasts, setToasts] = useState<Toast[]>([]);
  const texts = useRef({ t, label });
  texts.current = { t, label };
  const dismiss = (id: string) => setToasts((all) => all.filter((toast) => toast.id !== id));
  const face = faceOf(viewer.roles);
  // A fresh token of the same person opens the stream again.
  const token = useSyncExternalStore(session.subscribe, session.token);
  useEffect(() => {
    if (face === "directory" || !token) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    // Several entries come from one change; the screens are read again once for all of them.
    const refresh = () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        void queries.invalidateQueries({ predicate: ({ queryKey }) => LIVE.has(String(queryKey[0])) });
      }, 150);
    };
    const show = (toast: Toast) => {
      setToasts((all) => [...all.filter((one) => one.href !== toast.href), toast].slice(-3));
      setTimeout(() => dismiss(toast.id), 8_000);
    };
    // Somebody moved the sandbox's clock where something happens later than now.
    const follow = (at: string) => {
      if (Date.parse(at) > clock.now() + AHEAD) void queries.invalidateQueries({ queryKey: [CLOCK] });
    };
    let lost = false;
    return watch(face === "customer", {
      onConnection: (state) => {
        setConnection(state);
        // Requests that failed while the server was away are made again.
        if (state === "live" && lost) refresh();
        lost = state === "lost";
      },
      onStatus: (event) => {
        follow(event.at);
        refresh();
        const { label } = texts.current;
        show({
          id: event.position,
          text: `${event.claim.number} · ${event.claim.name}: ${label("status", event.toStatus)}`,
          href: "/console/consents",
        });
      },
      onEvent: (event) => {
        follow(event.at);
        refresh();
        if (event.actor.name === viewer.name) return;
        const { label } = texts.current;
        show({
          id: event.id,
          text: `${event.claim.number} · ${event.claim.name}: ${label("action", event.action)} (${event.actor.name})`,
          href: `/console/claims/${event.claim.id}`,
        });
      },
    });
  }, [face, queries, viewer.name, token]);
  return { connection, toasts, dismiss };
}

const LIVE = new Set([
  "claims",
  "claim",
  "timeline",
  "associations",
  "arbitrations",
  "arbitration",
  "statistics",
  "consents",
  "reviewers",
]);

/** How much later than now an event is at least where the clock was moved, in milliseconds. */
const AHEAD = 5_000;

export function useDebounced<T>(value: T, milliseconds: number): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), milliseconds);
    return () => clearTimeout(timer);
  }, [value, milliseconds]);
  return settled;
}

function Search({ onClose }: { onClose: () => void }) {
  const { t } = useI18n();
  const [, navigate] = useLocation();
  const [text, setText] = useState("");
  const [active, setActive] = useState(0);
  const id = useId();
  const wanted = useDebounced(text.trim(), 150);
  const found = useQuery({
    queryKey: ["claims", "search", wanted],
    enabled: wanted.length > 0,
    queryFn: async ({ signal }) => {
      const byText = await request(ClaimsDocument, { first: 8, filter: { search: wanted } }, { signal });
      return byText.claims;
    },
  });
  const nodes = wanted ? (found.data?.nodes ?? []) : [];
  const open = (index: number) => {
    const claim = nodes[index];
    if (!claim) return;
    onClose();
    navigate(`/console/claims/${claim.id}`);
  };
  return (
    <Dialog title={t("search.title")} onClose={onClose}>
      <input
        type="search"
        role="combobox"
        aria-label={t("search.label")}
        aria-expanded={nodes.length > 0}
        aria-controls={`${id}-list`}
        aria-activedescendant={nodes.length ? `${id}-${active}` : undefined}
        placeholder={t("search.label")}
        value={text}
        autoFocus
        onChange={(event) => {
          setText(event.target.value);
          setActive(0);
        }}
        onKeyDown={(event) => {
          if (event.key === "ArrowDown") setActive((index) => Math.min(index + 1, nodes.length - 1));
          else if (event.key === "ArrowUp") setActive((index) => Math.max(index - 1, 0));
          else if (event.key === "Enter") open(active);
          // A search input takes Escape to be emptied; here it closes the dialog at once.
          else if (event.key === "Escape") onClose();
          else return;
          event.preventDefault();
        }}
      />
      <ul id={`${id}-list`} role="listbox" aria-label={t("search.results")} className="options">
        {nodes.map((claim, index) => (
          <li
            key={claim.id}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === active}
            onClick={() => open(index)}
            onMouseEnter={() => setActive(index)}
          >
            <span className="number">{claim.number}</span> {claim.name}
            <span className="quiet">{claim.customer.name}</span>
            <Status status={claim.status} />
          </li>
        ))}
      </ul>
      <p role="status" className="quiet">
        {wanted && found.data ? t("search.count", { count: found.data.totalCount }) : ""}
      </p>
    </Dialog>
  );
}

function Keys({ face, onClose }: { face: Face; onClose: () => void }) {
  const { t } = useI18n();
  const keys: [string, MessageKey][] = [
    ["/", "keys.search"],
    ["Ctrl K", "keys.search"],
    ["?", "keys.title"],
    ...(face === "partner" ? ([["c", "keys.new"]] as [string, MessageKey][]) : []),
    ...(face === "vendor"
      ? ([
          ["j", "keys.down"],
          ["k", "keys.up"],
          ["Enter", "keys.open"],
          ["a", "keys.assign"],
          ["x", "keys.select"],
          ["[", "keys.previousPage"],
          ["]", "keys.nextPage"],
        ] as [string, MessageKey][])
      : []),
  ];
  return (
    <Dialog title={t("keys.title")} onClose={onClose}>
      <dl className="keys">
        {keys.map(([key, message]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{t(message)}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
