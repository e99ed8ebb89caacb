/**
 * Every claim that the viewer sees, as a list that grows while one scrolls. The filters are in the address, so a view can
 * be shared and saved.
 */
import { useInfiniteQuery } from "@tanstack/react-query";
import { useVirtualizer } from "@tanstack/react-virtual";
import { memo, useEffect, useMemo, useRef, useState } from "react";
import { Link, useLocation, useSearch } from "wouter";
import { request } from "../api/client";
import { ClaimsDocument, type ClaimFilter, type ClaimOrderField, type ClaimRowFragment } from "../api/generated";
import { csv, save } from "../csv";
import { AREAS, FLAGS, readFilter, SORTS } from "../filter";
import { useI18n, type MessageKey } from "../i18n";
import { Copy, DeadlineRing, Empty, ErrorBox, Skeleton, Status, STATUSES, Time, useTitle } from "../ui/basics";
import { FilterChips } from "../ui/filter-chips";
import { useDebounced } from "../ui/shell";
import { faceOf, useViewer } from "../viewer";

const PAGE = 50;
const ROW = 64;
/** The most rows that one export reads. */
const EXPORT = 5_000;
const VIEWS = "cpor.views";

export function Claims() {
  const { t, label } = useI18n();
  const search = useSearch();
  const [, navigate] = useLocation();
  const viewer = useViewer();
  useTitle(t("nav.claims"));
  const { filter, sort, descending } = useMemo(() => readFilter(search), [search]);
  const claims = useInfiniteQuery({
    queryKey: ["claims", "list", filter, sort, descending],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) =>
      request(
        ClaimsDocument,
        { first: PAGE, after: pageParam, filter, orderBy: { field: sort, direction: descending ? "DESC" : "ASC" } },
        { signal },
      ),
    getNextPageParam: ({ claims }) => (claims.pageInfo.hasNextPage ? claims.pageInfo.endCursor : undefined),
  });
  const rows = claims.data?.pages.flatMap((page) => page.claims.nodes) ?? [];
  const total = claims.data?.pages[0]?.claims.totalCount;

  const change = (edit: (parameters: URLSearchParams) => void) => {
    const parameters = new URLSearchParams(search);
    edit(parameters);
    navigate(`/console/claims?${parameters}`, { replace: true });
  };
  const put = (name: string, value: string) =>
    change((parameters) => (value ? parameters.set(name, value) : parameters.delete(name)));

  return (
    <main className="page wide" id="main" tabIndex={-1}>
      <header className="page-head">
        <h1>
          {t("nav.claims")}{" "}
          <span className="count" role="status">
            {total === undefined ? "" : t("claims.count", { count: total })}
          </span>
        </h1>
        <Export filter={filter} sort={sort} descending={descending} />
      </header>
      <div className="filters" role="search" aria-label={t("filter.label")}>
        <TextFilter value={new URLSearchParams(search).get("q") ?? ""} onChange={(value) => put("q", value)} />
        <select
          aria-label={t("filter.status")}
          value={filter.status?.length === 1 ? filter.status[0] : ""}
          onChange={(event) => put("status", event.target.value)}
        >
          <option value="">{t("filter.anyStatus")}</option>
          {STATUSES.filter((status) => status !== "EDITING" || faceOf(viewer.roles) === "partner").map((status) => (
            <option key={status} value={status}>
              {label("status", status)}
            </option>
          ))}
        </select>
        <select
          aria-label={t("filter.area")}
          value={filter.solutionArea ?? ""}
          onChange={(event) => put("area", event.target.value)}
        >
          <option value="">{t("filter.anyArea")}</option>
          {AREAS.map((area) => (
            <option key={area} value={area}>
              {label("area", area)}
            </option>
          ))}
        </select>
        <select aria-label={t("filter.sort")} value={sort} onChange={(event) => put("sort", event.target.value)}>
          {SORTS.map((field) => (
            <option key={field} value={field}>
              {label("sort", field)}
            </option>
          ))}
        </select>
        <button type="button" onClick={() => put("direction", descending ? "asc" : "")}>
          {t(descending ? "filter.descending" : "filter.ascending")}
        </button>
        {FLAGS.map((flag) => (
          <label key={flag} className="check">
            <input
              type="checkbox"
              checked={filter[flag] === true}
              onChange={(event) => put(flag, event.target.checked ? "true" : "")}
            />
            {t(`filter.${flag}`)}
          </label>
        ))}
        <Views search={search} onOpen={(view) => navigate(`/console/claims?${view}`)} />
        {search && (
          <button type="button" className="plain" onClick={() => navigate("/console/claims")}>
            {t("filter.clear")}
          </button>
        )}
      </div>
      <FilterChips filter={filter} first={rows[0]} onRemove={(names) => change((parameters) => names.forEach((name) => parameters.delete(name)))} />
      {claims.isPending && <Skeleton lines={8} />}
      {claims.isError && <ErrorBox error={claims.error} retry={() => void claims.refetch()} />}
      {claims.data && rows.length === 0 && <Empty title={t("claims.empty")} hint={t("claims.emptyHint")} />}
      {rows.length > 0 && (
        <Rows
          rows={rows}
          total={total ?? rows.length}
          sort={sort}
          descending={descending}
          onSort={(field) =>
            change((parameters) => {
              const turn = field === sort && descending;
              parameters.set("sort", field);
              if (turn) parameters.set("direction", "asc");
              else parameters.delete("direction");
            })
          }
          more={claims.hasNextPage && !claims.isFetchingNextPage}
          onMore={() => void claims.fetchNextPage()}
        />
      )}
    </main>
  );
}

function TextFilter({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const { t } = useI18n();
  const [text, setText] = useState(value);
  const settled = useDebounced(text, 250);
  const change = useRef(onChange);
  change.current = onChange;
  const current = useRef(value);
  current.current = value;
  useEffect(() => {
    if (settled !== current.current) change.current(settled);
  }, [settled]);
  return (
    <input
      type="search"
      aria-label={t("search.label")}
      placeholder={t("search.label")}
      value={text}
      onChange={(event) => setText(event.target.value)}
    />
  );
}

interface RowsProps {
  rows: ClaimRowFragment[];
  total: number;
  sort: ClaimOrderField;
  descending: boolean;
  onSort: (field: ClaimOrderField) => void;
  more: boolean;
  onMore: () => void;
}

/** The columns, with the order that the server has for them. */
const COLUMNS: [MessageKey, ClaimOrderField?][] = [
  ["column.claim", "NAME"],
  ["column.customer"],
  ["column.products"],
  ["column.status"],
  ["column.deadline", "DUE_AT"],
  ["column.updated", "UPDATED_AT"],
];

/** Only the rows on the screen are in the document, so a thousand claims scroll as ten do. */
function Rows({ rows, total, sort, descending, onSort, more, onMore }: RowsProps) {
  const { t } = useI18n();
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 8,
    getItemKey: (index) => rows[index]?.id ?? index,
  });
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (more && last >= rows.length - 15) onMore();
  }, [more, last, rows.length, onMore]);
  return (
    <div className="table-scroll" ref={scroller} tabIndex={0} role="group" aria-label={t("nav.claims")}>
      <div role="table" aria-label={t("nav.claims")} aria-rowcount={total + 1} className="table">
        <div role="rowgroup" className="table-head">
          <div role="row" className="table-row" aria-rowindex={1}>
            {COLUMNS.map(([column, field]) => (
              <span
                role="columnheader"
                key={column}
                {...(field === sort ? { "aria-sort": descending ? ("descending" as const) : ("ascending" as const) } : {})}
              >
                {field ? (
                  <button type="button" className="plain sort" onClick={() => onSort(field)}>
                    {t(column)} <span aria-hidden="true">{field === sort ? (descending ? "↓" : "↑") : ""}</span>
                  </button>
                ) : (
                  t(column)
                )}
              </span>
            ))}
          </div>
        </div>
        <div role="rowgroup" className="table-body" style={{ height: virtual.getTotalSize() }}>
          {items.map((item) => {
            const claim = rows[item.index];
            return claim && <Row key={item.key} claim={claim} index={item.index} start={item.start} />;
          })}
        </div>
      </div>
    </div>
  );
}

/** Rendered once and then only moved: a row that is still on the screen costs nothing while one scrolls. */
const Row = memo(function Row({ claim, index, start }: { claim: ClaimRowFragment; index: number; start: number }) {
  return (
    <div role="row" aria-rowindex={index + 2} className="table-row" style={{ transform: `translateY(${start}px)`, height: ROW }}>
      <span role="cell">
        <Link className="line clip" href={`/console/claims/${claim.id}`}>
          {claim.name}
        </Link>
        <Copy text={claim.number} />
      </span>
      <span role="cell">
        <span className="line clip">{claim.customer.name}</span>
        <span className="line clip quiet">{claim.partner.name}</span>
      </span>
      <span role="cell">
        <span className="line clip">{claim.lines.map((line) => line.product.name).join(", ")}</span>
      </span>
      <span role="cell">
        <Status status={claim.status} />
      </span>
      <span role="cell">
        <DeadlineRing deadline={claim.deadline} />
      </span>
      <span role="cell">
        <Time at={claim.updatedAt} />
      </span>
    </div>
  );
});

interface ExportProps {
  filter: ClaimFilter;
  sort: ClaimOrderField;
  descending: boolean;
}

function Export({ filter, sort, descending }: ExportProps) {
  const { t } = useI18n();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const run = async () => {
    setBusy(true);
    setError(null);
    try {
      const all: ClaimRowFragment[] = [];
      let after: string | null = null;
      do {
        const page: Awaited<ReturnType<typeof readPage>> = await readPage(after);
        all.push(...page.nodes);
        after = page.pageInfo.hasNextPage ? (page.pageInfo.endCursor ?? null) : null;
      } while (after && all.length < EXPORT);
      const header = ["number", "name", "reference", "status", "partner", "customer", "products", "due", "submitted", "updated"];
      const lines = all.map((claim) => [
        claim.number,
        claim.name,
        claim.externalReference,
        claim.status,
        claim.partner.name,
        claim.customer.name,
        claim.lines.map((line) => line.product.name).join("; "),
        claim.deadline?.dueAt,
        claim.submittedAt,
        claim.updatedAt,
      ]);
      save("claims.csv", csv([header, ...lines]), "text/csv;charset=utf-8");
    } catch (problem) {
      setError(problem);
    } finally {
      setBusy(false);
    }
  };
  const readPage = async (after: string | null) => {
    const orderBy = { field: sort, direction: descending ? ("DESC" as const) : ("ASC" as const) };
    return (await request(ClaimsDocument, { first: 100, after, filter, orderBy })).claims;
  };
  return (
    <>
      <button type="button" disabled={busy} onClick={() => void run()}>
        {t("claims.export")}
      </button>
      {error !== null && <ErrorBox error={error} />}
    </>
  );
}

function savedViews(): Record<string, string> {
  try {
    return JSON.parse(localStorage.getItem(VIEWS) ?? "{}") as Record<string, string>;
  } catch {
    return {};
  }
}

function Views({ search, onOpen }: { search: string; onOpen: (view: string) => void }) {
  const { t } = useI18n();
  const [views, setViews] = useState(savedViews);
  const store = (next: Record<string, string>) => {
    localStorage.setItem(VIEWS, JSON.stringify(next));
    setViews(next);
  };
  const open = Object.entries(views).find(([, view]) => view === search)?.[0];
  const [name, setName] = useState<string | null>(null);
  return (
    <>
      {Object.keys(views).length > 0 && (
        <select aria-label={t("views.label")} value={open ?? ""} onChange={(event) => onOpen(views[event.target.value] ?? "")}>
          <option value="">{t("views.label")}</option>
          {Object.keys(views).map((view) => (
            <option key={view}>{view}</option>
          ))}
        </select>
      )}
      {open ? (
        <button
          type="button"
          className="plain"
          onClick={() => store(Object.fromEntries(Object.entries(views).filter(([view]) => view !== open)))}
        >
          {t("views.delete", { name: open })}
        </button>
      ) : name !== null ? (
        <form
          className="inline"
          onSubmit={(event) => {
            event.preventDefault();
            if (name.trim()) store({ ...views, [name.trim()]: search });
            setName(null);
          }}
        >
          <input aria-label={t("views.name")} placeholder={t("views.name")} value={name} autoFocus onChange={(event) => setName(event.target.value)} />
          <button type="submit">{t("save")}</button>
        </form>
      ) : (
        search && (
          <button type="button" className="plain" onClick={() => setName("")}>
            {t("views.save")}
          </button>
        )
      )}
    </>
  );
}
